import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PriceList } from './deck.ts';
import { findProblems } from './load.ts';

describe('a list of prices', () => {
  const list = new PriceList('# Spain\n34 0.02\n346 0.05\n\n+34600;0.0125\r\n49, 1\n1 0\n');

  it.each([
    ['+34911222333', '34', 0.02],
    ['+34611222333', '346', 0.05],
    ['+34600111222', '34600', 0.0125],
    ['+34', '34', 0.02],
    ['+15550100', '1', 0],
  ])('FP-03: has the longest prefix of %s', (number, prefix, price) => {
    expect(list.find(number)).toEqual({ prefix, price });
  });

  it.each(['+3', '+55', '34911222333', '112', '', '+'])('has none of %j', (number) => {
    expect(list.find(number)).toBeUndefined();
  });

  it.each([
    ['34', 'line 1 is no prefix with a price'],
    ['34 -1', 'line 1 is no prefix with a price'],
    ['34 1\n0 1', 'line 2 is no prefix with a price'],
    ['34 1e3', 'line 1 is no prefix with a price'],
    [`${'1'.repeat(16)} 1`, 'line 1 is no prefix with a price'],
    ['34 1\n+34 2', 'line 2: 34 has a price already'],
  ])('is not %j', (text, problem) => {
    expect(() => new PriceList(text)).toThrow(problem);
  });
});

const around = {
  'Tenant/acme': { domains: ['acme.example'] },
  'Trunk/acme/near': { contacts: ['sip:near.example'] },
};

async function problemsOf(resources: Record<string, object>): Promise<string[]> {
  const texts = Object.entries({ ...around, ...resources }).map(([path, spec]) => {
    const [kind, tenant, own] = path.split('/');
    const metadata = own === undefined ? { name: tenant } : { tenant, name: own };
    return { path: `${path}.yaml`, text: stringify({ apiVersion: 'tandem/v1', kind, metadata, spec }) };
  });
  return (await findProblems(texts)).map(({ subject, field, problem }) => `${subject} ${field}: ${problem}`);
}

it.each([
  [
    { 'Deck/acme/a': { trunk: 'neer', prices: '34 1' } },
    'Deck/a spec.trunk: neer is no trunk of the tenant, nearest: near',
  ],
  [
    {
      'Deck/acme/a': { trunk: 'near', prices: '34 1' },
      'Deck/acme/b': { trunk: 'near', prices: '34 2\n35 1' },
    },
    'Deck/b spec.prices: 34 has a price in Deck/a at Deck/acme/a.yaml:1',
  ],
  [
    { 'Deck/acme/a': { trunk: 'near', prices: '34 1\n\nx' } },
    'Deck/a spec.prices: line 3 is no prefix with a price',
  ],
  [
    { 'Route/acme/a': { match: { prefix: '' }, trunks: ['near'], weights: { neer: 1 } } },
    'Route/a spec.weights.neer: neer is no trunk of the route, nearest: near',
  ],
  [
    {
      'Route/acme/a': {
        match: { prefix: '' },
        trunks: ['near'],
        rewrite: [{ pattern: '^', to: '\r\nX: 1' }],
      },
    },
    'Route/a spec.rewrite[0].to: must be digits, "*", "#" and $1 to $9, after an optional "+"',
  ],
  [
    { 'Route/acme/a': { match: { prefix: '' }, trunks: ['near'], rewrite: [{ pattern: '(', to: '1' }] } },
    'Route/a spec.rewrite[0].pattern: is no pattern: error parsing regexp: missing closing ): `(`',
  ],
  [
    { 'Trunk/acme/x': { endpoint: { headers: [{ name: 'X-Camp', value: 'a\r\nb' }] } } },
    'Trunk/x spec.endpoint.headers[0].value: must be 1 to 512 printable ASCII characters on one line',
  ],
  [
    { 'Trunk/acme/x': { headerRules: { pass: ['Via'] } } },
    'Trunk/x spec.headerRules.pass[0]: is a header that the switch itself writes',
  ],
  [
    { 'Trunk/acme/x': { headerRules: { rename: { 'X-A': 'f' } } } },
    'Trunk/x spec.headerRules.rename.X-A: is a header that the switch itself writes',
  ],
])('AS-22, W-28: is wrong: %j', async (resources, problem) => {
  expect(await problemsOf(resources)).toEqual([problem]);
});
