import { describe, expect, it } from 'vitest';
import { findProblems, loadStored } from './load.ts';
import { formatProblem } from './problem.ts';

const tenant = `apiVersion: tandem/v1\nkind: Tenant\nmetadata: { name: acme }\nspec: { domains: [acme.example] }\n`;

function user(name: string, credentials = '{ password: x }'): string {
  return `apiVersion: tandem/v1\nkind: User\nmetadata: { tenant: acme, name: "${name}" }\nspec: { credentials: ${credentials} }\n`;
}

function stored(holds: string, text: string) {
  return { path: `/config/${holds}`, text, holds };
}

describe('loadStored', () => {
  it('makes a snapshot whose version is that of the content', async () => {
    const sources = [stored('Tenant/acme/acme', tenant), stored('User/acme/1001', user('1001'))];
    const snapshot = await loadStored(sources);
    expect(snapshot.user('acme', '1001')?.tenant.name).toBe('acme');
    expect((await loadStored(sources)).version).toBe(snapshot.version);
    expect((await loadStored(sources.slice(0, 1))).version).not.toBe(snapshot.version);
  });

  it('names key, kind, name and field of each problem', async () => {
    const sources = [stored('User/acme/1001', user('1001')), stored('User/acme/1002', user('1002', '{}'))];
    await expect(loadStored(sources)).rejects.toThrow(
      '/config/User/acme/1001:3 User/1001 metadata.tenant: acme is unknown\n' +
        '/config/User/acme/1002:4 User/1002 spec.credentials: must hold exactly one of password, passwordFrom, ha1',
    );
  });

  it('fetches passwords', async () => {
    process.env.STORED_PASSWORD = 'hunter2';
    const from = (source: string) => [
      stored('Tenant/acme/acme', tenant),
      stored('User/acme/1001', user('1001', `{ passwordFrom: ${source} }`)),
    ];
    expect((await loadStored(from('{ env: STORED_PASSWORD }'))).userCount).toBe(1);
    await expect(loadStored(from('{ env: NO_SUCH }'))).rejects.toThrow('variable NO_SUCH is not set');
    await expect(loadStored(from('{ file: a/b }'))).rejects.toThrow(
      'spec.credentials.passwordFrom.file: must be an absolute path where the configuration is not a folder',
    );
  });
});

describe('findProblems', () => {
  it('wants one resource under each key, the one that the key is for', async () => {
    const sources = [
      stored('Tenant/acme/acme', tenant),
      stored('User/acme/1001', `${user('1001')}---\n${user('1002')}`),
      stored('User/acme/1003', user('1004')),
      stored('User/acme/1005', '# nothing\n'),
    ];
    expect((await findProblems(sources)).map(formatProblem)).toEqual([
      '/config/User/acme/1001:1 ?/?: must hold one document, not 2',
      '/config/User/acme/1001:8 User/1002 metadata.name: is stored in the place of another: this is User/acme/1002',
      '/config/User/acme/1003:3 User/1004 metadata.name: is stored in the place of another: this is User/acme/1004',
      '/config/User/acme/1005:1 ?/?: must hold one document, not 0',
    ]);
  });

  it('does not look for passwords that are kept elsewhere', async () => {
    const sources = [
      stored('Tenant/acme/acme', tenant),
      stored('User/acme/1001', user('1001', '{ passwordFrom: { env: NO_SUCH } }')),
    ];
    expect(await findProblems(sources)).toEqual([]);
  });
});
