import { expect, it as plain, describe as suite } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { it } from './fixture.ts';
import { needs } from './needs.ts';
import { configuration, Tandem } from './tandem.ts';

const describe = needs('namespace');

const acme = {
  name: 'acme',
  domains: ['acme.example'],
  users: [{ name: '1001', password: 'secret', aliases: ['+34910000001'], maxContacts: 2 }],
};

suite('the configuration', () => {
  plain('is a tenant and its users', () => {
    expect(parseAllDocuments(configuration(acme)).map((document) => document.toJS())).toEqual([
      {
        apiVersion: 'tandem/v1',
        kind: 'Tenant',
        metadata: { name: 'acme' },
        spec: { domains: ['acme.example'] },
      },
      {
        apiVersion: 'tandem/v1',
        kind: 'User',
        metadata: { tenant: 'acme', name: '1001' },
        spec: { aliases: ['+34910000001'], maxContacts: 2, credentials: { password: 'secret' } },
      },
    ]);
  });
});

describe('tandem', () => {
  it('tells at once when it cannot start', async ({ network }) => {
    const host = await network.host('switch');
    await expect(Tandem.start(host, acme, ['--no-such-setting', '1'])).rejects.toThrow(/ ended with [12]\n/);
  });
});
