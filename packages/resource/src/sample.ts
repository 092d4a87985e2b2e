import { stringify } from 'yaml';
import { findProblems } from './load.ts';

/** What the resources of tests refer to. */
const around = {
  'Tenant/acme': { domains: ['acme.example'], dialPlan: { countryCode: '34', nationalLengths: [9] } },
  'User/acme/1001': { credentials: { password: 'x' } },
  'Trunk/acme/carrier': { contacts: ['sip:carrier.example'] },
  'Trunk/acme/inbound': {},
  'Schedule/acme/office': { timezone: 'UTC' },
};

/** What is wrong with resources, by `kind/tenant/name`, with some that they may refer to. */
export async function problemsOf(resources: Record<string, object>): Promise<string[]> {
  const text = Object.entries({ ...around, ...resources }).map(([path, spec]) => {
    const [kind, tenant, own] = path.split('/');
    const metadata = own === undefined ? { name: tenant } : { tenant, name: own };
    return stringify({ apiVersion: 'tandem/v1', kind, metadata, spec });
  });
  const problems = await findProblems([{ path: 'all.yaml', text: text.join('---\n') }]);
  return problems.map(({ subject, field, problem }) => `${subject} ${field}: ${problem}`);
}
