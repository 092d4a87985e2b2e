import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { diagnostics } from './diagnostics.ts';
import { load, validate } from './load.ts';
import { formatProblem } from './problem.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-resource-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  return (await validate(await folderOf(files))).problems.map(formatProblem);
}

function tenant(name: string, spec: string): string {
  return `---\napiVersion: tandem/v1\nkind: Tenant\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

function user(name: string, spec = '{ credentials: { password: x } }', of = 'acme'): string {
  return `---\napiVersion: tandem/v1\nkind: User\nmetadata: { tenant: ${of}, name: "${name}" }\nspec: ${spec}\n`;
}

const acme = tenant('acme', '{ domains: [Acme.Example, acme.net.] }');

describe('load', () => {
  it('reads many documents of many files in nested folders', async () => {
    const folder = await folderOf({
      'acme/tenant.yaml': `# our first\n${acme}${user('1001', '{ aliases: [alice], credentials: { password: x } }')}`,
      'acme/users/1002.yml': user('1002'),
      'acme/notes.txt': 'not YAML: [',
      '.hidden/x.yaml': 'not: [',
    });
    const snapshot = await load(folder);
    expect([...snapshot.tenants.keys()]).toEqual(['acme']);
    expect(snapshot.userCount).toBe(2);
    expect(snapshot.tenantOfDomain('ACME.example')?.name).toBe('acme');
    expect(snapshot.user('acme', 'alice')?.name).toBe('1001');
    expect(snapshot.user('acme', '1002')?.tenant).toBe(snapshot.tenants.get('acme'));
    expect([...snapshot.names('acme')]).toEqual(['1001', 'alice', '1002']);
  });

  it('reads the files of a mounted volume, which are links', async () => {
    const folder = await folderOf({ '..2026/acme.yaml': acme });
    await symlink(join(folder, '..2026/acme.yaml'), join(folder, 'acme.yaml'));
    expect((await load(folder)).tenants.size).toBe(1);
  });

  it('gives every field its default', async () => {
    const snapshot = await load(await folderOf({ 'a.yaml': acme + user('1001') }));
    expect(snapshot.tenants.get('acme')).toEqual({
      name: 'acme',
      dialPlan: { internationalPrefix: '00', nationalPrefix: '', nationalLengths: [], localLengths: [] },
      domains: ['acme.example', 'acme.net'],
      ownAddresses: false,
      media: { anchor: 'auto', inactivity: 300 },
      auth: { algorithms: ['MD5'], nonceLifetime: 300 },
      ringTimeout: 60,
      sessionTimer: { minExpires: 90 },
      registration: { minExpires: 60, maxExpires: 3600, defaultExpires: 3600, keepAlive: 25 },
      callsToOtherDomains: false,
      followRedirects: false,
      hideTopology: true,
      limits: {},
    });
    expect(snapshot.user('acme', '1001')).toMatchObject({
      aliases: [],
      maxContacts: 5,
      maxContactsPolicy: 'replace',
      enabled: true,
    });
  });

  it.each(['my-name', 'my-other-name', 'a.b', 'a_b', '+34910000001'])(
    'knows the name %s exactly',
    async (name) => {
      const snapshot = await load(await folderOf({ 'a.yaml': acme + user(name) + user('my') }));
      expect(snapshot.user('acme', name)?.name).toBe(name);
    },
  );

  it('takes the addresses of the edges for the domain of one tenant', async () => {
    const snapshot = await load(
      await folderOf({ 'a.yaml': acme + tenant('home', '{ ownAddresses: true }') }),
    );
    expect(snapshot.ownAddresses?.name).toBe('home');
  });

  it('adds what is built in', async () => {
    const { resources } = diagnostics('secret');
    const snapshot = await load(await folderOf({ 'a.yaml': acme }), { builtIn: resources });
    expect([...snapshot.tenants.keys()]).toEqual(['acme', 'tandem.diagnostics']);
  });

  it('throws one fault with every problem', async () => {
    const folder = await folderOf({ 'a.yaml': user('1001'), 'b.yaml': user('1002') });
    const unknown = 'metadata.tenant: acme is unknown';
    await expect(load(folder)).rejects.toThrow(
      `configuration-invalid: a.yaml:4 User/1001 ${unknown}\nb.yaml:4 User/1002 ${unknown}`,
    );
  });

  it('says when the folder is not there', async () => {
    await expect(load('/nonexistent')).rejects.toThrow('configuration-unreadable: ENOENT');
  });

  it('changes its version with its content only', async () => {
    const [one, same, other] = [acme, acme, acme + user('1001')];
    const versions = [one, same, other].map(
      async (text) => (await load(await folderOf({ 'a.yaml': text }))).version,
    );
    const [a, b, c] = await Promise.all(versions);
    expect([a === b, a === c]).toEqual([true, false]);
  });

  it('reads again only what has changed', async () => {
    const folder = await folderOf({ 'a.yaml': acme + user('1001') });
    const cache = new Map();
    await load(folder, { cache });
    const before = [...cache.values()];
    await writeFile(join(folder, 'a.yaml'), acme + user('1002'));
    const snapshot = await load(folder, { cache });
    expect([snapshot.user('acme', '1001'), snapshot.user('acme', '1002')?.name]).toEqual([undefined, '1002']);
    expect([...cache.values()].map((reading) => before.includes(reading))).toEqual([true, false]);
  });
});

describe('credentials', () => {
  const ofUser = async (files: Record<string, string>) => {
    const snapshot = await load(await folderOf(files));
    return snapshot.user('acme', '1001')!.credential;
  };
  const ha1 = '95bf59dd61f66463b8b4d9b1acaa9a2e';

  it('come from a password', async () => {
    const credential = await ofUser({ 'a.yaml': acme + user('1001', '{ credentials: { password: x } }') });
    expect(credential.ha1('MD5', '1001', 'acme.example')).toMatch(/^[0-9a-f]{32}$/);
    expect(credential.ha1('SHA-256', '1001', 'acme.net')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('come from a file beside the resource, or from the environment', async () => {
    process.env.TANDEM_TEST_PASSWORD = 'x';
    const plain = await ofUser({ 'a.yaml': acme + user('1001') });
    const expected = plain.ha1('MD5', '1001', 'acme.example');
    const file = await ofUser({
      'a.yaml': acme,
      'users/1001.yaml': user('1001', '{ credentials: { passwordFrom: { file: secrets/1001 } } }'),
      'users/secrets/1001': 'x\n',
    });
    const env = await ofUser({
      'a.yaml': acme + user('1001', '{ credentials: { passwordFrom: { env: TANDEM_TEST_PASSWORD } } }'),
    });
    delete process.env.TANDEM_TEST_PASSWORD;
    expect([file, env].map((credential) => credential.ha1('MD5', '1001', 'acme.example'))).toEqual([
      expected,
      expected,
    ]);
  });

  it('come from a hash, for the own name and the first domain only', async () => {
    const credential = await ofUser({
      'a.yaml': acme + user('1001', `{ credentials: { ha1: { MD5: ${ha1} } } }`),
    });
    expect(credential.ha1('MD5', '1001', 'acme.example')).toBe(ha1);
    expect(credential.ha1('MD5', 'alice', 'acme.example')).toBeUndefined();
    expect(credential.ha1('MD5', '1001', 'acme.net')).toBeUndefined();
    expect(credential.ha1('SHA-256', '1001', 'acme.example')).toBeUndefined();
  });
});

describe('a problem names file, line, kind, name and field', () => {
  const rows: [string, string, string[]][] = [
    [
      'a field that does not exist',
      tenant('acme', '{ domans: [a.b] }'),
      [
        'a.yaml:5 Tenant/acme spec.domans: is unknown, nearest: domains',
        'a.yaml:5 Tenant/acme spec.domains: needs at least one domain unless ownAddresses is true',
      ],
    ],
    [
      'a field in depth',
      tenant('acme', '\n  domains: [a.b]\n  media:\n    anchr: never'),
      ['a.yaml:8 Tenant/acme spec.media.anchr: is unknown, nearest: anchor'],
    ],
    [
      'a value that is none of the allowed',
      tenant('acme', '\n  domains: [a.b]\n  media: { anchor: allways }'),
      ['a.yaml:7 Tenant/acme spec.media.anchor: must be one of auto, always, never, nearest: always'],
    ],
    [
      'a number without quotes',
      acme + user('1001', '{ aliases: [100], credentials: { password: 1234 } }'),
      [
        'a.yaml:10 User/1001 spec.aliases[0]: must be text; put it in quotes',
        'a.yaml:10 User/1001 spec.credentials.password: must be text; put it in quotes',
      ],
    ],
    ['a missing field', acme + user('1001', '{}'), ['a.yaml:10 User/1001 spec.credentials: is required']],
    [
      'a number out of bounds',
      acme + user('1001', '{ maxContacts: 0, credentials: { password: x } }'),
      ['a.yaml:10 User/1001 spec.maxContacts: must be at least 1'],
    ],
    [
      'a list without elements',
      tenant('acme', '{ domains: [a.b], auth: { algorithms: [] } }'),
      ['a.yaml:5 Tenant/acme spec.auth.algorithms: must have at least 1 elements'],
    ],
    [
      'two sources of a password',
      acme + user('1001', '{ credentials: { password: x, passwordFrom: { env: X } } }'),
      ['a.yaml:10 User/1001 spec.credentials: must hold exactly one of password, passwordFrom, ha1'],
    ],
    [
      'a name that does not fit into a URI',
      acme + user('10 01'),
      ['a.yaml:9 User/10 01 metadata.name: must be 1 to 64 letters, digits, "-", ".", "_" or "+"'],
    ],
    [
      'a domain with a port',
      tenant('acme', '{ domains: [ "acme.example:5060" ] }'),
      ['a.yaml:5 Tenant/acme spec.domains[0]: must be a host name or an IP address, without port'],
    ],
    [
      'intervals that exclude each other',
      tenant('acme', '{ domains: [a.b], registration: { maxExpires: 30 } }'),
      [
        'a.yaml:5 Tenant/acme spec.registration: minExpires must not be over defaultExpires, nor defaultExpires over maxExpires',
      ],
    ],
    [
      'an unknown kind',
      '---\napiVersion: tandem/v1\nkind: Usr\nmetadata: { name: x }\n',
      ['a.yaml:3 Usr/x kind: Usr is unknown, nearest: User'],
    ],
    ['a kind that is missing', 'apiVersion: tandem/v1\n', ['a.yaml:1 ?/? kind: is required']],
    [
      'a document that is no mapping',
      '- a\n',
      ['a.yaml:1 ?/?: must be a mapping with apiVersion, kind, metadata, spec'],
    ],
    [
      'another version',
      acme.replace('tandem/v1', 'tandem/v2'),
      ['a.yaml:2 Tenant/acme apiVersion: must be tandem/v1'],
    ],
    [
      'a key that stands twice',
      acme.replace('spec:', 'kind: Tenant\nspec:'),
      ['a.yaml:5 ?/?: Map keys must be unique'],
    ],
    [
      'an anchor that is not there',
      acme.replace('{ name: acme }', '*nowhere'),
      ['a.yaml:2 ?/?: Unresolved alias (the anchor must be set before the alias): nowhere'],
    ],
    [
      'an unset variable',
      acme + user('1001', '{ credentials: { passwordFrom: { env: TANDEM_UNSET } } }'),
      ['a.yaml:10 User/1001 spec.credentials.passwordFrom: environment variable TANDEM_UNSET is not set'],
    ],
    [
      'a missing file',
      acme + user('1001', '{ credentials: { passwordFrom: { file: nowhere } } }'),
      ['a.yaml:10 User/1001 spec.credentials.passwordFrom: file nowhere cannot be read: ENOENT'],
    ],
    [
      'a name that is taken',
      acme + user('1001') + user('1001'),
      ['a.yaml:14 User/1001 metadata.name: is taken at a.yaml:7'],
    ],
    [
      'an unknown tenant',
      acme + user('1001', undefined, 'acne'),
      ['a.yaml:9 User/1001 metadata.tenant: acne is unknown, nearest: acme'],
    ],
    [
      'a domain of two tenants',
      acme + tenant('other', '\n  domains:\n    - x.y\n    - ACME.example'),
      ['a.yaml:13 Tenant/other spec.domains[1]: acme.example belongs to Tenant/acme at a.yaml:2'],
    ],
    [
      'two tenants with the addresses of the edges',
      tenant('a', '{ ownAddresses: true }') + tenant('b', '{ ownAddresses: true }'),
      ['a.yaml:10 Tenant/b spec.ownAddresses: is true for Tenant/a at a.yaml:2 already'],
    ],
    [
      "an alias that is another's name",
      acme + user('1001') + user('1002', '{ aliases: ["1001"], credentials: { password: x } }'),
      ['a.yaml:15 User/1002 spec.aliases[0]: 1001 already names User/1001 at a.yaml:7'],
    ],
    [
      'an alias of two users',
      acme +
        user('1001', '{ aliases: [sales], credentials: { password: x } }') +
        user('1002', '{ aliases: [sales], credentials: { password: x } }'),
      ['a.yaml:15 User/1002 spec.aliases[0]: sales already names User/1001 at a.yaml:7'],
    ],
  ];
  it.each(rows)('of %s', async (_, text, expected) => {
    expect(await problemsOf({ 'a.yaml': text })).toEqual(expected);
  });

  it('of a syntax error, and of the rest of the file', async () => {
    const problems = await problemsOf({ 'a.yaml': `${acme}---\nkind: [User\n${user('1001', '{}')}` });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^a\.yaml:8 \?\/\?: Flow sequence /);
    expect(problems[1]).toBe('a.yaml:12 User/1001 spec.credentials: is required');
  });

  it('does not call a tenant unknown that is only wrong', async () => {
    const problems = await problemsOf({ 'a.yaml': acme.replace('spec:', 'spcs:') + user('1001') });
    expect(problems.join('\n')).not.toContain('User/1001');
  });

  it('lets tenants use the same names', async () => {
    const other = tenant('other', '{ domains: [other.example] }');
    expect(
      await problemsOf({ 'a.yaml': acme + other + user('1001') + user('1001', undefined, 'other') }),
    ).toEqual([]);
  });

  it('never shows a secret', async () => {
    const text = acme + user('1001', '{ credentials: { password: hunter2, ha1: { MD5: hunter2 } } }');
    expect((await problemsOf({ 'a.yaml': text })).join()).not.toContain('hunter2');
  });
});
