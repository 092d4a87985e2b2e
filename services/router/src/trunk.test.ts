import type { router } from '@tandem/contract';
import { lineToken } from '@tandem/resource';
import { hmacKey } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  connection,
  decisionOf,
  findingsOf,
  outcomeOf,
  Rig,
  sampleRegister,
  sampleRequest,
  sampleSnapshot,
} from './sample.ts';

const carrier = '203.0.113.9';

function from(host: string, overrides: Partial<router.Request> = {}): router.Request {
  return sampleRequest({
    flow: { transport: 'udp', host, port: 5060, edge: 'edge-1', localPort: 5060, connection: 0 },
    requestUri: 'sip:+34911@127.0.0.1:5060',
    from: '<sip:+34600000000@carrier.example>;tag=1',
    to: '<sip:+34911@carrier.example>',
    ...overrides,
  });
}

const numbers = { 'acme/+34911': { aliases: ['911'], destination: { user: '1002' } } };

function rigWith(trunks: Record<string, object>, more: Record<string, object> = {}): Rig {
  const all = { Trunk: trunks, Number: { ...numbers, ...more } };
  return new Rig(sampleSnapshot({}, {}, all));
}

let rig: Rig;

beforeEach(async () => {
  rig = rigWith({ 'acme/carrier': { identify: { sources: ['203.0.113.0/24'] } } });
  await rig.register('1002');
});

describe('a call from the address of a trunk', () => {
  it('rings the destination of the number, unchallenged', async () => {
    const verdict = await rig.router.decide(from(carrier));
    const { caller, groups, tenant } = decisionOf(verdict, 'relay');
    expect(groups[0]!.targets[0]!.identity).toEqual({ tenant: 'acme', user: '1002' });
    expect(verdict.identity).toEqual({ tenant: 'acme', user: '', trunk: 'carrier' });
    expect({ caller, tenant }).toMatchObject({ caller: { hidden: true, trusted: false }, tenant: 'acme' });
    expect(findingsOf(verdict)).toEqual([
      'identity: trunk carrier of acme, by source 203.0.113.9',
      'number: number +34911, from Request-URI',
      'number: goes to user 1002',
      'bindings: 1 target, for 60 s each',
      'policy: media is anchored; outside is not trusted, and sees no topology',
    ]);
  });

  it.each(['sip:911@127.0.0.1', 'sip:+34-911@127.0.0.1;user=phone', 'tel:+34911'])(
    'finds the number written %s',
    async (requestUri) => {
      expect(outcomeOf(await rig.router.decide(from(carrier, { requestUri })))).toBe('relay');
    },
  );

  it('reaches numbers only, neither users nor other domains', async () => {
    for (const requestUri of ['sip:1002@acme.example', 'sip:x@elsewhere.example', 'sip:alice@127.0.0.1']) {
      const verdict = await rig.router.decide(from(carrier, { requestUri }));
      expect(outcomeOf(verdict)).toBe('404 number-unknown');
    }
  });

  it('is refused for a number that another trunk has', async () => {
    rig = rigWith(
      { 'acme/carrier': { identify: { sources: [carrier] } }, 'acme/other': {} },
      { 'acme/+34922': { trunk: 'other', destination: { user: '1002' } } },
    );
    const verdict = await rig.router.decide(from(carrier, { requestUri: 'sip:+34922@127.0.0.1' }));
    expect(outcomeOf(verdict)).toBe('404 number-unknown');
    expect(findingsOf(verdict).at(-1)).toBe(
      'number: number +34922 is called by trunk other only, not by carrier',
    );
  });

  it('is refused while the trunk is disabled, and proves no user either', async () => {
    rig = rigWith({ 'acme/carrier': { enabled: false, identify: { sources: [carrier] } } });
    expect(outcomeOf(await rig.router.decide(from(carrier)))).toBe('403 trunk-disabled');
  });

  it('has a place among the calls of its tenant', async () => {
    const tenants = { acme: { domains: ['acme.example'], limits: { maxCalls: 1 } } };
    const trunks = { 'acme/carrier': { identify: { sources: [carrier] } } };
    rig.snapshot = sampleSnapshot(tenants, {}, { Trunk: trunks, Number: numbers });
    expect(decisionOf(await rig.router.decide(from(carrier, { key: 'a' })), 'relay').limits).toEqual([
      'tenant/acme',
    ]);
    expect(outcomeOf(await rig.router.decide(from(carrier, { key: 'b' })))).toBe('480 call-limit-reached');
  });

  it.each(['SUBSCRIBE', 'NOTIFY', 'PUBLISH'])(
    'is none, and not served either, when it is a %s',
    async (method) => {
      expect(outcomeOf(await rig.router.decide(from(carrier, { method })))).toBe('405 trunk-method-refused');
    },
  );

  it('is a MESSAGE as well, to numbers only', async () => {
    const written = async (requestUri: string) =>
      outcomeOf(await rig.router.decide(from(carrier, { method: 'MESSAGE', requestUri })));
    expect(await written('sip:+34911@127.0.0.1')).toBe('relay');
    expect(await written('sip:1002@acme.example')).toBe('404 number-unknown');
  });

  it('does not register anybody', async () => {
    const register = sampleRegister({ flow: from(carrier).flow });
    expect(outcomeOf(await rig.router.decide(register))).toBe('401 credentials-missing');
  });
});

describe('the codecs of a verdict', () => {
  it('are those of the caller and of each target, and are told of', async () => {
    rig = rigWith({
      'acme/carrier': { identify: { sources: [carrier] }, endpoint: { codecs: ['PCMA', 'G722'] } },
    });
    await rig.register('1002');
    const verdict = await rig.router.decide(from(carrier));
    const { callerCodecs, groups } = decisionOf(verdict, 'relay');
    expect([callerCodecs, groups[0]!.targets[0]!.codecs]).toEqual([['PCMA', 'G722'], []]);
    expect(findingsOf(verdict).at(-1)).toBe('policy: codecs: the caller takes PCMA G722');
  });
});

describe('who is no trunk', () => {
  it('proves nothing by the From of a user', async () => {
    const forged = from('198.51.100.7', {
      from: '<sip:1001@acme.example>;tag=1',
      requestUri: 'sip:1002@acme.example',
    });
    const verdict = await rig.router.decide(forged);
    expect(outcomeOf(verdict)).toBe('407 credentials-missing');
    expect(findingsOf(verdict)).toContain('identity: source 198.51.100.7 is of no trunk');
  });

  it('has no number looked up', async () => {
    rig.snapshot = sampleSnapshot(
      { acme: { domains: ['acme.example'] } },
      {},
      { Trunk: { 'acme/carrier': { identify: { sources: [carrier] } } }, Number: numbers },
    );
    const verdict = await rig.router.decide(from('198.51.100.7', { requestUri: 'sip:100@192.0.2.1' }));
    expect(outcomeOf(verdict)).toBe('403 domain-foreign');
    expect(verdict.explanation.map(({ rule }) => rule)).toEqual(['identity', 'domain']);
  });
});

describe('the order of proofs', () => {
  it('is certificate, registered connection, source, digest', async () => {
    const provenNames = ['sip.carrier.example', 'carrier.example'];
    rig = rigWith({
      'acme/certified': { identify: { certificates: ['Carrier.example.'] } },
      'acme/near': { identify: { sources: [carrier] } },
      'acme/far': { identify: { sources: ['203.0.113.0/24'] } },
    });
    const vouched = { tenant: 'acme', user: '1001' };
    const flow = { ...connection, host: carrier };
    const mine = { from: '<sip:1001@acme.example>;tag=1' };
    const whoIs = async (request: router.Request) => (await rig.router.decide(request)).identity;
    expect(await whoIs(from(carrier, { ...mine, flow, provenNames, vouched }))).toMatchObject({
      trunk: 'certified',
    });
    expect(await whoIs(from(carrier, { ...mine, flow, vouched }))).toEqual(vouched);
    expect(await whoIs(from(carrier, mine))).toMatchObject({ trunk: 'near' });
    expect(await whoIs(from('203.0.113.10', mine))).toMatchObject({ trunk: 'far' });
    expect(outcomeOf(await rig.router.decide(from('192.0.2.1', mine)))).toBe('407 credentials-missing');
  });

  it('finds IPv6 networks, and IPv4 in its mapped spelling', async () => {
    rig = rigWith({
      'acme/six': { identify: { sources: ['2001:db8:1::/48'] } },
      'acme/four': { identify: { sources: ['203.0.113.0/24'] } },
    });
    const six = await rig.router.decide(from('2001:db8:1:2::9'));
    const four = await rig.router.decide(from('::ffff:203.0.113.9'));
    expect([six.identity?.trunk, four.identity?.trunk]).toEqual(['six', 'four']);
    expect(outcomeOf(await rig.router.decide(from('2001:db8:2::9')))).not.toBe('relay');
  });
});

describe('two lines of one provider', () => {
  const sources = [carrier];

  it('are told apart by the Request-URI', async () => {
    rig = rigWith({
      'acme/line-a': { identify: { sources, line: 'a' }, endpoint: { didFrom: 'registration' } },
      'other/line-b': { identify: { sources, line: 'b' }, endpoint: { didFrom: 'To' } },
    });
    const ask = (requestUri: string) => rig.router.decide(from(carrier, { requestUri }));
    expect((await ask('sip:a@127.0.0.1')).identity).toEqual({ tenant: 'acme', user: '', trunk: 'line-a' });
    expect((await ask('sip:any@127.0.0.1;line=b')).identity).toEqual({
      tenant: 'other',
      user: '',
      trunk: 'line-b',
    });
    const neither = await ask('sip:c@acme.example');
    expect(outcomeOf(neither)).toBe('407 credentials-missing');
    expect(findingsOf(neither)[0]).toBe(
      'identity: source 203.0.113.9 could be trunk line-a of acme, but Request-URI does not name line a',
    );
  });

  it('are told apart by a header, and the more conditions win', async () => {
    const match = [{ in: 'X-Line', pattern: '^b$' }];
    rig = rigWith({ 'acme/a': { identify: { sources } }, 'acme/b': { identify: { sources, match } } });
    const asked = async (headers: router.HeaderField[]) =>
      (await rig.router.decide(from(carrier, { headers }))).identity?.trunk;
    expect(await asked([{ name: 'x-line', value: 'b' }])).toBe('b');
    expect(await asked([{ name: 'x-line', value: 'bb' }])).toBe('a');
    expect(await asked([])).toBe('a');
  });

  it('that nothing tells apart get no call', async () => {
    const by = (pattern: string) => ({ identify: { sources, match: [{ in: 'X-Line', pattern }] } });
    rig = rigWith({ 'acme/a': by('a'), 'acme/b': by('b') });
    const verdict = await rig.router.decide(from(carrier, { headers: [{ name: 'X-Line', value: 'ab' }] }));
    expect(outcomeOf(verdict)).toBe('403 trunk-ambiguous');
    expect(findingsOf(verdict).at(-1)).toBe(
      'identity: source 203.0.113.9 is trunk a of acme as well as trunk b of acme',
    );
  });
});

describe('the number that was called', () => {
  const rows: [didFrom: string, overrides: Partial<router.Request>][] = [
    ['requestUri', { requestUri: 'sip:+34911@127.0.0.1' }],
    ['To', { to: '"A" <sip:+34911@carrier.example>' }],
    ['P-Called-Party-ID', { headers: [{ name: 'P-Called-Party-ID', value: '<sip:+34911@x>' }] }],
    [
      'Diversion',
      { headers: [{ name: 'diversion', value: '<tel:+34911>;reason=unconditional, <sip:+34700@x>' }] },
    ],
    ['registration', { requestUri: 'sip:acme-line@127.0.0.1' }],
  ];
  it.each(rows)('is taken from %s', async (didFrom, overrides) => {
    const endpoint = { didFrom };
    rig = rigWith(
      {
        'acme/carrier': {
          identify: { sources: [carrier], ...(didFrom === 'registration' && { line: 'acme-line' }) },
          endpoint,
        },
      },
      { 'acme/acme-line': { destination: { user: '1002' } } },
    );
    await rig.register('1002');
    const elsewhere = { requestUri: 'sip:somebody@127.0.0.1', to: '<sip:user-name@carrier.example>' };
    const verdict = await rig.router.decide(from(carrier, { ...elsewhere, ...overrides }));
    expect(decisionOf(verdict, 'relay').groups[0]!.targets[0]!.identity?.user).toBe('1002');
  });

  it('is a part of a header that a pattern captures: two lines, two targets', async () => {
    const endpoint = { didFrom: 'To', didPattern: '^<sip:line-([a-z]+)@' };
    rig = rigWith(
      { 'acme/carrier': { identify: { sources: [carrier] }, endpoint } },
      { 'acme/sales': { destination: { user: '1001' } }, 'acme/support': { destination: { user: '1002' } } },
    );
    await Promise.all(['1001', '1002'].map((user) => rig.register(user)));
    const rung = async (to: string) => {
      const verdict = await rig.router.decide(from(carrier, { to }));
      return decisionOf(verdict, 'relay').groups[0]!.targets[0]!.identity?.user;
    };
    expect(await rung('<sip:line-sales@carrier.example>')).toBe('1001');
    expect(await rung('<sip:line-support@carrier.example>')).toBe('1002');
  });

  it('W-36: is missing where the trunk should put it, and the Request-URI is told', async () => {
    rig = rigWith({
      'acme/carrier': { identify: { sources: [carrier] }, endpoint: { didFrom: 'P-Called-Party-ID' } },
    });
    const verdict = await rig.router.decide(from(carrier));
    expect(outcomeOf(verdict)).toBe('404 number-missing');
    expect(findingsOf(verdict).at(-1)).toBe(
      'number: no number in P-Called-Party-ID; Request-URI is "sip:+34911@127.0.0.1:5060"',
    );
  });

  it('is decided at once whatever a pattern and a number look like', async () => {
    const endpoint = { didFrom: 'To', didPattern: '(a+)+$' };
    rig = rigWith({ 'acme/carrier': { identify: { sources: [carrier] }, endpoint } });
    for (const length of [30, 200, 2_000]) {
      const verdict = await rig.router.decide(from(carrier, { to: `${'a'.repeat(length)}!` }));
      expect(outcomeOf(verdict)).toBe('404 number-missing');
    }
  });
});

describe('a user who is bound to networks', () => {
  it('neither calls nor registers from elsewhere', async () => {
    rig = new Rig(sampleSnapshot({}, { 'acme/1001': { sources: ['192.0.2.0/24'] } }));
    expect(outcomeOf(await rig.register('1001'))).toBe('registered');
    const flow = from('198.51.100.1').flow;
    const refused = await rig.register('1001', { flow });
    expect(outcomeOf(refused)).toBe('403 source-foreign');
    expect(findingsOf(refused).at(-1)).toBe('policy: 1001 comes from 198.51.100.1, allowed is 192.0.2.0/24');
    expect(outcomeOf(await rig.call('sip:1001@acme.example', { flow }))).toBe('403 source-foreign');
  });
});

describe('domains of many tenants', () => {
  it('have users of the same name that nobody mixes up', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `t${index}`);
    const tenants = Object.fromEntries(names.map((name) => [name, { domains: [`${name}.example`] }]));
    const users = Object.fromEntries(
      names.flatMap((name) => [
        [`${name}/100`, {}],
        [`${name}/200`, {}],
      ]),
    );
    rig = new Rig(sampleSnapshot(tenants, users));
    for (const name of names) {
      const to = `<sip:100@${name}.example>`;
      const contacts = [`<sip:100@192.0.2.10:5060;at=${name}>`];
      const request = sampleRegister({ to, from: to, contacts, requestUri: `sip:${name}.example` });
      expect(outcomeOf(await rig.ask(request, { username: '100' }))).toBe('registered');
    }
    for (const name of names) {
      const request = sampleRequest({
        from: `<sip:200@${name}.example>;tag=1`,
        requestUri: `sip:100@${name}.example`,
      });
      const { groups, tenant } = decisionOf(await rig.ask(request, { username: '200' }), 'relay');
      expect(tenant).toBe(name);
      expect(groups.flatMap(({ targets }) => targets.map(({ uri }) => uri))).toEqual([
        `sip:100@192.0.2.10:5060;at=${name}`,
      ]);
    }
  });
});

describe('what proves that a call comes from a trunk', () => {
  const token = lineToken(hmacKey('line'), 'acme', 'registered');
  const registered = {
    contacts: ['sip:sip.carrier.example'],
    auth: { username: 'acct', password: 'x' },
    registration: {},
  };
  const credentials = { username: 'they', password: 'password of they' };
  const home = { requestUri: 'sip:+34911@acme.example' };
  const byLine = { requestUri: `sip:+34911@127.0.0.1;line=${token}` };

  async function whoIs(request: router.Request): Promise<string> {
    const verdict = await rig.router.decide(request);
    return verdict.identity?.trunk ?? outcomeOf(verdict);
  }

  async function called(
    request: router.Request,
    username = 'they',
    password?: string,
  ): Promise<router.Request> {
    const challenged = await rig.router.decide(request);
    const login = password === undefined ? { username } : { username, password };
    return { ...request, authorization: [answer(request, challenged, login)] };
  }

  it('is the token of its registration, wherever it comes from (TR-22, TR-23)', async () => {
    rig = rigWith({ 'acme/registered': registered, 'acme/carrier': { identify: { sources: [carrier] } } });
    await rig.register('1002');
    expect(await whoIs(from('198.51.100.1', byLine))).toBe('registered');
    expect(await whoIs(from(carrier, byLine))).toBe('registered');
    expect(await whoIs(from(carrier))).toBe('carrier');
    const guessed = { requestUri: `sip:+34911@127.0.0.1;line=${token.slice(1)}A` };
    expect(await whoIs(from('198.51.100.1', guessed))).toBe('407 credentials-missing');
  });

  it('is no token from elsewhere than its sources, and that is said (W-19)', async () => {
    rig = rigWith({ 'acme/registered': { ...registered, identify: { sources: ['203.0.113.0/24'] } } });
    const verdict = await rig.router.decide(from('198.51.100.1', byLine));
    expect(outcomeOf(verdict)).toBe('407 credentials-missing');
    expect(findingsOf(verdict)).toContain(
      'identity: line token of trunk registered of acme, but 198.51.100.1 is none of its identify.sources',
    );
  });

  it('are credentials, and no others, where nothing else is known (PJ-06)', async () => {
    rig = rigWith({ 'acme/digest': { identify: { credentials } } });
    await rig.register('1002');
    const call = from('198.51.100.1', home);
    expect(await whoIs(call)).toBe('407 credentials-missing');
    const answered = await called(call);
    const verdict = await rig.router.decide(answered);
    expect(verdict.identity).toEqual({ tenant: 'acme', user: '', trunk: 'digest' });
    expect(decisionOf(verdict, 'relay').edits).toContainEqual({ name: 'Proxy-Authorization' });
    expect(await whoIs(await called(call, 'they', 'guess'))).toBe('407 wrong-password');
    expect(await whoIs(await called({ ...call, method: 'MESSAGE' }))).toBe('digest');
  });

  it('are credentials that nobody registers with', async () => {
    rig = rigWith({ 'acme/digest': { identify: { credentials } } });
    const register = sampleRegister({ to: '<sip:they@acme.example>', from: '<sip:they@acme.example>;tag=1' });
    expect(await whoIs(await called(register))).toBe('401 account-unknown');
  });

  it('is looked at in this order: certificate, token, smallest network, credentials; From never (TR-24, AS-27)', async () => {
    rig = rigWith({
      'acme/certified': { identify: { certificates: ['carrier.example'] } },
      'acme/registered': registered,
      'acme/near': { identify: { sources: [carrier] } },
      'acme/far': { identify: { sources: ['203.0.113.0/24'] } },
      'acme/digest': { identify: { credentials } },
    });
    await rig.register('1002');
    const all = await called(from('198.51.100.1', home));
    const at = (host: string) => ({ ...all.flow!, host });
    const certified = { provenNames: ['carrier.example'] };
    expect(await whoIs({ ...all, ...byLine, ...certified, flow: at(carrier) })).toBe('certified');
    expect(await whoIs({ ...all, ...byLine, flow: at(carrier) })).toBe('registered');
    expect(await whoIs({ ...all, flow: at(carrier) })).toBe('near');
    expect(await whoIs({ ...all, flow: at('203.0.113.10') })).toBe('far');
    expect(await whoIs(all)).toBe('digest');
    const claimed = from('198.51.100.1', { ...home, from: '<sip:they@carrier.example>;tag=1' });
    expect(await whoIs(claimed)).toBe('407 credentials-missing');
  });

  it('counts once: credentials that were used are asked for again', async () => {
    rig = rigWith({ 'acme/digest': { identify: { credentials } } });
    await rig.register('1002');
    const answered = await called(from('198.51.100.1', home));
    expect(await whoIs(answered)).toBe('digest');
    expect(rig.claims).toBeGreaterThan(0);
  });
});
