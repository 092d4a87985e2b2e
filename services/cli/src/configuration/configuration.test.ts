import { configurationPrefix, createLog, EtcdSource } from '@tandem/platform';
import { loadStored, type Snapshot } from '@tandem/resource';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../../../test/harness/deadline.ts';
import { needs } from '../../../../test/harness/needs.ts';
import { apply } from './apply.ts';
import { describeStep } from './change.ts';
import { OwnStore } from './fixture.ts';
import { remove } from './remove.ts';
import { select } from './selection.ts';

const describe = needs('etcd', 'namespace');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });

function tenant(name: string, domain = `${name}.example`): string {
  return `---\napiVersion: tandem/v1\nkind: Tenant\nmetadata: { name: ${name} }\nspec: { domains: [${domain}] }\n`;
}

function user(name: string, spec = '{ credentials: { password: hunter2 } }', of = 'acme'): string {
  return `---\napiVersion: tandem/v1\nkind: User\nmetadata: { tenant: ${of}, name: "${name}" }\nspec: ${spec}\n`;
}

describe('a change to the configuration in etcd', () => {
  const own = new OwnStore(log);
  const changes: Snapshot[] = [];
  const faults: string[] = [];
  let source: EtcdSource<Snapshot>;

  beforeEach(async () => {
    source = new EtcdSource({
      etcd: own.etcd,
      load: (sources) => loadStored(sources),
      version: ({ version }) => version,
      log,
    });
    source.onChange((snapshot) => changes.push(snapshot));
    source.onFault(({ message }) => faults.push(message));
    await source.start();
    changes.length = faults.length = 0;
  });
  afterEach(() => source.close());

  async function applied(texts: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const sources = Object.entries(texts).map(([path, text]) => ({ path, text }));
    const outcome = await apply(own.store, sources);
    return 'steps' in outcome ? outcome.steps.map(describeStep) : outcome.problems;
  }

  async function removed(kind: 'Tenant' | 'User', name: string, of?: string): Promise<readonly string[]> {
    const outcome = await remove(own.store, { kind, name, tenant: of });
    return 'step' in outcome ? [describeStep(outcome.step)] : outcome.problems;
  }

  it('tells what has become of each resource, and is seen as one', async () => {
    expect(await applied({ 'users.yaml': user('1001') + user('1002'), 'z.yaml': tenant('acme') })).toEqual([
      'created Tenant/acme/acme',
      'created User/acme/1001',
      'created User/acme/1002',
    ]);
    await until(
      () => 'a change',
      () => changes.length > 0,
    );
    const bob = user('1002', '{ aliases: [bob], credentials: { password: x } }');
    expect(await applied({ 'users.yaml': user('1001') + bob })).toEqual([
      'unchanged User/acme/1001',
      'changed User/acme/1002',
    ]);
    await until(
      () => 'another change',
      () => changes.length > 1,
    );
    expect(changes.map(({ userCount }) => userCount)).toEqual([2, 2]);
    expect(changes[1]?.user('acme', 'bob')?.name).toBe('1002');
    expect(faults).toEqual([]);
  });

  it('is refused when it would not fit together with what is stored', async () => {
    await applied({ 'a.yaml': tenant('acme') + user('1001') });
    const before = await own.store.read();
    const problems = await applied({
      'a.yaml': user('1002', '{ aliases: ["1001"], credentials: { password: x } }') + user('1003', '{}'),
      'b.yaml': user('1004', undefined, 'acne') + tenant('other', 'acme.example'),
      'c.yaml': user('1005', '{ credentials: { passwordFrom: { file: ./secret } } }'),
      'd.yaml': user('1006', '{ credentials: { password: <secret> } }'),
    });
    expect(problems).toEqual([
      '/tandem/config/Tenant/acme/acme:4 Tenant/acme spec.domains[0]: acme.example belongs to Tenant/other at b.yaml:7',
      'a.yaml:5 User/1002 spec.aliases[0]: 1001 already names User/1001 at /tandem/config/User/acme/1001:1',
      'a.yaml:10 User/1003 spec.credentials: is required',
      'b.yaml:4 User/1004 metadata.tenant: acne is unknown, nearest: acme',
      'c.yaml:5 User/1005 spec.credentials.passwordFrom.file: must be an absolute path where the configuration is not a folder',
      'd.yaml:5 User/1006 spec.credentials.password: stands for a password, it is none: say the password itself',
    ]);
    expect(await own.store.read()).toEqual(before);
  });

  it('is refused when there is nothing in it', async () => {
    await expect(applied({ 'a.yaml': '# nothing\n' })).rejects.toThrow('argument-invalid');
  });

  it('takes several transactions when it is more than etcd takes at once', async () => {
    const users = Array.from({ length: 300 }, (_, index) => user(String(1000 + index)));
    const outcome = await apply(own.store, [{ path: 'a.yaml', text: users.join('') + tenant('acme') }]);
    expect(outcome).toMatchObject({ transactions: 3 });
    await until(
      () => 'all users',
      () => changes.at(-1)?.userCount === 300,
    );
    expect(faults).toEqual([]);
  });

  it('is made of as many transactions as its texts need', async () => {
    const long = (name: string): string => `${user(name)}# ${'x'.repeat(150_000)}\n`;
    const text = tenant('acme') + ['1', '2', '3', '4', '5'].map(long).join('');
    expect(await apply(own.store, [{ path: 'a.yaml', text }])).toMatchObject({ transactions: 3 });
  });

  it('PJ-05: has a trunk once in each tenant, and gives it back', async () => {
    const trunk = (of: string) =>
      `---\napiVersion: tandem/v1\nkind: Trunk\nmetadata: { tenant: ${of}, name: carrier }\nspec: { contacts: ["sip:${of}.carrier.example"] }\n`;
    await applied({ 'tenants.yaml': tenant('acme') + tenant('beta') });
    expect(await applied({ 'a.yaml': trunk('acme') })).toEqual(['created Trunk/acme/carrier']);
    expect(await applied({ 'a.yaml': trunk('acme') })).toEqual(['unchanged Trunk/acme/carrier']);
    expect(await applied({ 'a.yaml': trunk('acme'), 'b.yaml': trunk('acme') })).toEqual([
      expect.stringMatching(/^b\.yaml:4 Trunk\/carrier metadata\.name: /),
    ]);
    expect(await applied({ 'b.yaml': trunk('beta') })).toEqual(['created Trunk/beta/carrier']);
    const stored = select(await own.store.read(), { kind: 'Trunk', name: 'carrier' });
    expect(stored.map(({ text }) => /sip:\w+\.carrier/.exec(text)?.[0])).toEqual([
      'sip:acme.carrier',
      'sip:beta.carrier',
    ]);
  });

  it('removes what nothing refers to', async () => {
    await applied({ 'a.yaml': tenant('acme') + user('1001') });
    await applied({ 'b.yaml': tenant('beta') + user('1001', undefined, 'beta') });
    expect(await removed('Tenant', 'acme')).toEqual([
      '/tandem/config/User/acme/1001:3 User/1001 metadata.tenant: acme is unknown',
    ]);
    await expect(removed('User', '1001')).rejects.toThrow('several tenants have one, say --tenant');
    expect(await removed('User', '1001', 'acme')).toEqual(['deleted User/acme/1001']);
    expect(await removed('Tenant', 'acme')).toEqual(['deleted Tenant/acme/acme']);
    await expect(removed('Tenant', 'acme')).rejects.toThrow('resource-unknown: Tenant acme');
  });

  it('removes what was stored wrongly', async () => {
    for (const name of ['1001', '1002']) await own.put(`User/acme/${name}`, '{');
    expect(await removed('User', '1001')).toEqual(['deleted User/acme/1001']);
  });

  it('is made on what was read, or not at all', async () => {
    await applied({ 'a.yaml': tenant('acme') });
    const seen = await own.store.read();
    await removed('Tenant', 'acme');
    const write = { key: `${configurationPrefix}User/acme/1001`, value: user('1001') };
    expect(await own.store.write(seen, [write])).toBe(0);
    const again = await own.store.read();
    await own.put('Tenant/beta/beta', tenant('beta'));
    expect(await own.store.write(again, [write])).toBe(0);
    expect([...(await own.store.read()).entries.keys()]).toEqual(['/tandem/config/Tenant/beta/beta']);
  });
});
