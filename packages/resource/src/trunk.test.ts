import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { validate } from './load.ts';
import { formatProblem } from './problem.ts';
import type { Kind } from './resource.ts';
import type { Snapshot } from './snapshot.ts';

let folder: string | undefined;

afterEach(async () => {
  if (folder) await rm(folder, { recursive: true });
});

const tenants = {
  'Tenant/acme': { domains: ['acme.example'] },
  'Tenant/other': { domains: ['other.example'] },
  'User/acme/1001': { aliases: ['alice'], credentials: { password: 'x' } },
};

/** Validates resources, by `kind/tenant/name`, one to a file. */
async function check(resources: Record<string, object>) {
  folder = await mkdtemp(join(tmpdir(), 'tandem-trunk-'));
  for (const [index, [path, spec]] of Object.entries({ ...tenants, ...resources }).entries()) {
    const [kind, tenant, own] = path.split('/') as [Kind, string, string | undefined];
    const metadata = own === undefined ? { name: tenant } : { tenant, name: own };
    const text = stringify({ apiVersion: 'tandem/v1', kind, metadata, spec });
    await writeFile(join(folder, `${index}.yaml`), text);
  }
  return validate(folder);
}

async function problemsOf(resources: Record<string, object>): Promise<string[]> {
  const { problems } = await check(resources);
  return problems.map((problem) => formatProblem(problem).replace(/^\d+\.yaml:\d+ /, ''));
}

async function snapshotOf(resources: Record<string, object>): Promise<Snapshot> {
  const { problems, snapshot } = await check(resources);
  expect(problems).toEqual([]);
  return snapshot!;
}

describe('a trunk', () => {
  it('PJ-05: has a name that is its own within its tenant', async () => {
    const { problems } = await check({ 'Trunk/acme/carrier': {}, 'Trunk/acme/carrier/again': {} });
    expect(problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^4\.yaml:\d+ Trunk\/carrier metadata\.name: .*3\.yaml:/),
    ]);
    const snapshot = await snapshotOf({ 'Trunk/acme/carrier': {}, 'Trunk/other/carrier': {} });
    expect(['acme', 'other'].map((tenant) => snapshot.trunk(tenant, 'carrier')?.tenant.name)).toEqual([
      'acme',
      'other',
    ]);
  });

  it('PJ-12: has no field that is not known, wherever it is misspelt', async () => {
    expect(
      await problemsOf({
        'Trunk/acme/carrier': { contcts: [], endpoint: { fromUsr: 'x' }, probe: { intervall: 1 } },
      }),
    ).toEqual([
      'Trunk/carrier spec.contcts: is unknown, nearest: contacts',
      'Trunk/carrier spec.endpoint.fromUsr: is unknown, nearest: fromUser',
      'Trunk/carrier spec.probe.intervall: is unknown, nearest: interval',
    ]);
  });

  it('has its defaults', async () => {
    const trunk = (await snapshotOf({ 'Trunk/acme/carrier': {} })).trunk('acme', 'carrier');
    expect(trunk).toMatchObject({
      contacts: [],
      identify: { sources: [], certificates: [], match: [] },
      endpoint: { didFrom: 'requestUri', trusted: false },
      enabled: true,
    });
  });

  it.each([
    [
      { identify: { sources: ['203.0.113.0/33'] } },
      'spec.identify.sources[0]: must have a prefix of 0 to 32',
    ],
    [
      { identify: { sources: ['203.0.113.7/24'] } },
      'spec.identify.sources[0]: must not have bits beyond its prefix of 24',
    ],
    [
      { identify: { sources: ['carrier.example'] } },
      'spec.identify.sources[0]: must be an IP address or a network such as 203.0.113.0/24',
    ],
    [
      { identify: { match: [{ in: 'X-Line', pattern: '(a' }] } },
      'spec.identify.match[0].pattern: is no pattern: error parsing regexp: missing closing ): `(a`',
    ],
    [
      { endpoint: { didPattern: '(a{0,30}){0,30}' } },
      'spec.endpoint.didPattern: is no pattern: it has 1892 steps, more than 200',
    ],
    [
      { endpoint: { didPattern: '(a)\\1' } },
      'spec.endpoint.didPattern: is no pattern: error parsing regexp: invalid escape sequence: `\\1`',
    ],
    [
      { endpoint: { didFrom: 'registration' } },
      'spec.endpoint.didFrom: is registration, so that identify.line is needed',
    ],
    [
      { endpoint: { outboundProxy: 'sip:proxy.example' } },
      'spec.endpoint.outboundProxy: must end in ;lr: it is a route, not a destination',
    ],
    [{ contacts: ['tel:+34'] }, 'spec.contacts[0]: must be a SIP URI'],
    [
      { registration: {}, auth: { username: 'a', password: 'b' } },
      'spec.registration.server: is required, for there are no contacts',
    ],
    [{ contacts: ['sip:c'], registration: {} }, 'spec.registration.user: is required, for there is no auth'],
    [{ auth: { username: 'a' } }, 'spec.auth: must hold exactly one of password, passwordFrom'],
    [
      { auth: { username: 'a', password: '<secret>' } },
      'spec.auth.password: stands for a password, it is none: say the password itself',
    ],
    [
      { identify: { credentials: { username: '1001', password: 'b' } } },
      'spec.identify.credentials.username: 1001 already names User/1001 at 2.yaml:1',
    ],
    [
      { contacts: ['sip:c'], registration: { user: 'a', expire: 60 } },
      'spec.registration.expire: is unknown, nearest: expires',
    ],
    [
      { endpoint: { headers: [{ name: 'X-A', value: 'a\r\nVia: b' }] } },
      'spec.endpoint.headers[0].value: must be 1 to 512 printable ASCII characters on one line',
    ],
    [
      { endpoint: { headers: [{ name: 'X-A: b', value: 'c' }] } },
      'spec.endpoint.headers[0].name: must be the name of a header',
    ],
    [
      { endpoint: { headers: [{ name: 'Route', value: 'c' }] } },
      'spec.endpoint.headers[0].name: is a header that the switch itself writes',
    ],
    [
      {
        endpoint: {
          headers: [
            { name: 'X-A', value: 'c' },
            { name: 'x-a', value: 'd' },
          ],
        },
      },
      'spec.endpoint.headers: names a header twice',
    ],
  ])('%j is refused (PJ-12, AS-22)', async (spec, problem) => {
    expect(await problemsOf({ 'Trunk/acme/carrier': spec })).toEqual([`Trunk/carrier ${problem}`]);
  });

  it('has credentials whose password is kept elsewhere, or shown to nobody (PJ-06)', async () => {
    process.env.TANDEM_TEST_TRUNK = 'from-outside';
    try {
      const snapshot = await snapshotOf({
        'Trunk/acme/carrier': {
          contacts: ['sip:c.example'],
          auth: { username: 'acct', passwordFrom: { env: 'TANDEM_TEST_TRUNK' } },
          identify: { credentials: { username: 'they', password: 'in-here' } },
          registration: {},
        },
      });
      const trunk = snapshot.trunk('acme', 'carrier')!;
      expect(trunk.auth?.password.reveal()).toBe('from-outside');
      expect(snapshot.proofs.username('acme', 'they')).toBe(trunk);
      expect(snapshot.proofs.username('other', 'they')).toBeUndefined();
      expect(JSON.stringify(trunk)).not.toMatch(/from-outside|in-here/);
    } finally {
      delete process.env.TANDEM_TEST_TRUNK;
    }
  });

  it('is told of a password that cannot be had', async () => {
    const auth = { username: 'acct', passwordFrom: { env: 'TANDEM_TEST_NOWHERE' } };
    expect(await problemsOf({ 'Trunk/acme/carrier': { auth } })).toEqual([
      'Trunk/carrier spec.auth.passwordFrom: environment variable TANDEM_TEST_NOWHERE is not set',
    ]);
  });

  it('may not be proven by what proves another one, unless conditions tell them apart', async () => {
    const sources = ['203.0.113.0/24'];
    const certificates = ['sip.carrier.example'];
    const line = { identify: { sources, certificates, line: 'a' } };
    expect(
      await problemsOf({
        'Trunk/acme/one': { identify: { sources, certificates: ['SIP.carrier.example.'] } },
        'Trunk/other/two': { identify: { sources, certificates } },
        'Trunk/other/three': line,
        'Trunk/other/four': { identify: { ...line.identify, line: 'b' } },
      }),
    ).toEqual([
      'Trunk/two spec.identify.sources[0]: 203.0.113.0/24 proves Trunk/one at 3.yaml:1 as well: tell them apart by line or match',
      'Trunk/two spec.identify.certificates[0]: sip.carrier.example proves Trunk/one at 3.yaml:1 as well: tell them apart by line or match',
    ]);
  });
});

describe('a number', () => {
  it('is found by its name and its other spellings, within its tenant', async () => {
    const snapshot = await snapshotOf({
      'Number/acme/+34911': { aliases: ['34911', '0034911'], destination: { user: 'alice' } },
    });
    for (const spelling of ['+34911', '34911', '0034911']) {
      expect(snapshot.number('acme', spelling)?.name).toBe('+34911');
      expect(snapshot.number('other', spelling)).toBeUndefined();
    }
  });

  it('names users and trunks that are there', async () => {
    expect(
      await problemsOf({
        'Trunk/acme/carrier': {},
        'Number/acme/1': { trunk: 'carier', destination: { user: '1001' } },
        'Number/acme/2': { destination: { user: '1002' } },
        'Number/other/3': { trunk: 'carrier', destination: { user: '1001' } },
        'Number/acme/4': { aliases: ['1'], destination: { user: '1001' } },
      }),
    ).toEqual([
      'Number/1 spec.trunk: carier is no trunk of the tenant, nearest: carrier',
      'Number/2 spec.destination.user: 1002 is no user of the tenant, nearest: 1001',
      'Number/3 spec.trunk: carrier is no trunk of the tenant',
      'Number/3 spec.destination.user: 1001 is no user of the tenant',
      'Number/4 spec.aliases[0]: 1 already names Number/1 at 4.yaml:1',
    ]);
  });
});

describe('tags, and what rings otherwise', () => {
  it('are texts by their names', async () => {
    const snapshot = await snapshotOf({
      'Trunk/acme/carrier': {
        endpoint: { trusted: true },
        tags: { region: 'Zürich'.replace('ü', 'ue') },
        tagsFrom: { customer: 'X-Customer' },
        tagHeaders: { camp: 'X-Camp' },
      },
      'Number/acme/1': {
        destination: { user: '1001' },
        tags: { line: 'sales' },
        alertInfo: '<urn:alert:service:x>',
      },
    });
    expect(snapshot.trunk('acme', 'carrier')).toMatchObject({ tags: { region: 'Zuerich' } });
    expect(snapshot.number('acme', '1')).toMatchObject({ tags: { line: 'sales' } });
  });

  it.each([
    [{ tags: { Camp: '7' } }, 'tags.Camp: must be a name of 1 to 32 of a to z, 0 to 9, "-" and "_"'],
    [
      { tags: { camp: 'a\r\nX-Evil: 1' } },
      'tags.camp: must be 1 to 128 printable ASCII characters on one line',
    ],
    [
      { tags: { camp: 'x'.repeat(129) } },
      'tags.camp: must be 1 to 128 printable ASCII characters on one line',
    ],
    [
      { tags: Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`t${index}`, 'x'])) },
      'tags: must have at most 8 tags',
    ],
    [{ tagHeaders: { camp: 'Via' } }, 'tagHeaders.camp: is a header that the switch itself writes'],
    [
      { tagsFrom: { camp: 'X-Camp' } },
      'tagsFrom: goes with endpoint.trusted only: anybody else could write what it wants',
    ],
  ])('%j is refused (AS-23)', async (spec, problem) => {
    expect(await problemsOf({ 'Trunk/acme/carrier': spec })).toEqual([`Trunk/carrier spec.${problem}`]);
  });

  it.each([
    [
      { alertInfo: { external: 'a\r\nX-Evil: 1' } },
      'alertInfo.external: must be 1 to 256 printable ASCII characters on one line',
    ],
    [{ alertInfo: { profile: 'cisco' } }, 'alertInfo.profile: must be one of urn, info, bellcore'],
    [
      { headers: [{ name: 'X-A', value: 'a\r\nb' }] },
      'headers[0].value: must be 1 to 512 printable ASCII characters on one line',
    ],
    [
      { headerRules: { rename: { Via: 'X-Via' } } },
      'headerRules.rename.Via: is a header that the switch itself writes',
    ],
  ])('%j of a user is refused (AS-21, AS-22)', async (spec, problem) => {
    const credentials = { password: 'x' };
    expect(await problemsOf({ 'User/acme/1002': { credentials, ...spec } })).toEqual([
      `User/1002 spec.${problem}`,
    ]);
  });
});

describe('codecs', () => {
  it('are taken by their encoding names in any case, of trunks and of users', async () => {
    const snapshot = await snapshotOf({
      'Trunk/acme/carrier': { endpoint: { codecs: ['pcma', 'PCMU', 'Opus'] } },
      'User/acme/1002': { credentials: { password: 'x' }, codecs: ['g722', 'h264'] },
    });
    expect(snapshot.trunk('acme', 'carrier')?.endpoint.codecs).toEqual(['PCMA', 'PCMU', 'opus']);
    expect(snapshot.user('acme', '1002')?.codecs).toEqual(['G722', 'H264']);
  });

  it.each([
    [['PCMA', 'ulaw'], '[1]: "ulaw" is the encoding name of no codec that is known: say PCMU'],
    [['G.729'], '[0]: "G.729" is the encoding name of no codec that is known, nearest: G729, G719, G722'],
    [['PCMA', 'pcma'], ': names a codec twice'],
    [[], ': must have at least 1 elements'],
  ])('%j are refused with field and value', async (codecs, problem) => {
    expect(await problemsOf({ 'Trunk/acme/carrier': { endpoint: { codecs } } })).toEqual([
      `Trunk/carrier spec.endpoint.codecs${problem}`,
    ]);
  });
});

describe('a route', () => {
  it('is looked at by priority, then the longer prefix', async () => {
    const route = (prefix: string, priority?: number) => ({
      match: { prefix },
      trunks: ['carrier'],
      ...(priority !== undefined && { priority }),
    });
    const snapshot = await snapshotOf({
      'Trunk/acme/carrier': { contacts: ['sip:carrier.example'] },
      'Route/acme/a': route('+34'),
      'Route/acme/b': route('+346'),
      'Route/acme/c': route('+', 1),
    });
    expect(snapshot.routes('acme').map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(snapshot.routes('other')).toEqual([]);
  });

  it('needs a match, and trunks that can be called', async () => {
    expect(
      await problemsOf({
        'Trunk/acme/inbound': {},
        'Route/acme/a': { match: {}, trunks: ['inbound'] },
        'Route/acme/b': { match: { prefix: '' }, trunks: ['inbound', 'inbond'] },
      }),
    ).toEqual([
      'Route/a spec.match: must hold prefix or pattern',
      'Route/b spec.trunks[0]: Trunk/inbound at 3.yaml:1 has no contacts',
      'Route/b spec.trunks[1]: inbond is no trunk of the tenant, nearest: inbound',
    ]);
  });
});
