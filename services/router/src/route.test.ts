import type { router } from '@tandem/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { calleeOf, route, wanted } from './route.ts';
import {
  decisionOf,
  findingsOf,
  outcomeOf,
  Rig,
  sampleRegister,
  sampleRequest,
  sampleSnapshot,
  start,
} from './sample.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

/** The URIs of the targets, group by group. */
function groupsOf(verdict: router.Verdict): string[][] {
  return decisionOf(verdict, 'relay').groups.map(({ targets }) => targets.map(({ uri }) => uri));
}

describe('a user is found', () => {
  const found: [string, string][] = [
    ['by name', 'sip:1001@acme.example'],
    ['by alias', 'sip:alice@acme.example'],
    ['by number', 'sip:+34910000001@acme.example'],
    ['by number with separators', 'sip:+34-910-000-001@acme.example;user=phone'],
    ['by number with parameters', 'sip:+34910000001;phone-context=x@acme.example;user=phone'],
    ['by tel URI', 'tel:+34910000001'],
    ['by tel URI with separators', 'tel:+34-910-000(001)'],
    ['by an escaped name', 'sip:%61lice@acme.example'],
    ['in another domain of the tenant', 'sip:1001@ACME.NET'],
    ['with a port', 'sip:1001@acme.example:5080;transport=tcp'],
    ['at the address of the edge', 'sip:1001@127.0.0.1:5060'],
    ['at the name of the edge', 'sip:1001@edge.internal'],
  ];
  it.each(found)('%s', async (_, uri) => {
    await rig.register('1001');
    const verdict = await rig.call(uri);
    expect(groupsOf(verdict)).toEqual([['sip:1001@192.0.2.10:5060']]);
    expect(decisionOf(verdict, 'relay')).toMatchObject({ callee: 'sip:1001@acme.example', tenant: 'acme' });
  });

  it('in the domain of another tenant', async () => {
    const register = sampleRegister({
      to: '<sip:1001@other.example>',
      requestUri: 'sip:other.example',
      contacts: ['<sip:x>'],
    });
    await rig.ask(register, { username: '1001' });
    const verdict = await rig.call('sip:1001@other.example');
    expect(groupsOf(verdict)).toEqual([['sip:x']]);
    expect(decisionOf(verdict, 'relay')).toMatchObject({ callee: 'sip:1001@other.example', tenant: 'acme' });
    expect(decisionOf(verdict, 'relay').groups[0]?.targets[0]?.identity).toEqual({
      tenant: 'other',
      user: '1001',
    });
  });

  it.each(['my-name', 'a.b', 'a_b', '+34911', '-', '..', '__proto__', 'constructor'])(
    'whose name is %s',
    async (name) => {
      rig.snapshot = sampleSnapshot({}, Object.fromEntries([[`acme/${name}`, {}]]));
      await rig.register(name);
      expect(groupsOf(await rig.call(`sip:${name}@acme.example`))).toHaveLength(1);
    },
  );
});

describe('the contact of a phone', () => {
  const [desk, mobile] = ['sip:1002@192.0.2.20:5070;transport=udp', 'sip:1002@192.0.2.21:5070'];

  beforeEach(async () => {
    for (const contact of [desk, mobile]) await rig.register('1002', { contacts: [`<${contact}>`] });
  });

  it('is called by a user of its tenant, and no other phone with it', async () => {
    const verdict = await rig.call(desk);
    expect(groupsOf(verdict)).toEqual([[desk]]);
    expect(findingsOf(verdict)).toContain('bindings: 192.0.2.20 is where user 1002 has a phone');
  });

  it.each([
    ['that nobody has registered', 'sip:1002@192.0.2.20:5071;transport=udp'],
    ['of a phone that is somebody else’s', 'sip:1001@192.0.2.21:5070'],
    ['of nobody', 'sip:nobody@192.0.2.21:5070'],
    ['of a user who is disabled', 'sip:1003@192.0.2.21:5070'],
  ])('%s is a domain like any other', async (_, uri) => {
    expect(outcomeOf(await rig.call(uri))).toBe('403 domain-foreign');
  });

  it('is none to another tenant', async () => {
    const from = '<sip:1001@other.example>;tag=1';
    const verdict = await rig.ask(sampleRequest({ requestUri: desk, from }), { username: '1001' });
    expect(decisionOf(verdict, 'relay').groups[0]?.targets[0]).not.toHaveProperty('flow');
  });
});

describe('the session timer of a call', () => {
  const timed = { domains: ['acme.example'], sessionTimer: { expires: 600, minExpires: 120 } };
  const rows: [string, object, Partial<router.Request>, string][] = [
    ['is left to the phones unless the tenant says otherwise', {}, {}, ''],
    ['is asked for', timed, {}, 'Session-Expires: 600, Min-SE: 120'],
    ['is not under what the caller takes', timed, { minSe: 900 }, 'Session-Expires: 900'],
    ['is left alone', timed, { sessionExpires: 120 }, ''],
    ['is raised', timed, { sessionExpires: 119 }, 'Session-Expires: 120, Min-SE: 120'],
    ['is refused', timed, { sessionExpires: 119, supported: ['timer'] }, '422 session-too-brief'],
    [
      'has the minimum of RFC 4028',
      {},
      { sessionExpires: 89, supported: ['timer'] },
      '422 session-too-brief',
    ],
    ['is for calls alone', timed, { method: 'MESSAGE' }, ''],
  ];
  it.each(rows)('%s', async (_, spec, facts, expected) => {
    rig = new Rig(sampleSnapshot({ acme: { domains: ['acme.example'], ...spec } }));
    await rig.register('1001');
    const verdict = await rig.call('sip:1001@acme.example', facts);
    if (verdict.decision?.$case !== 'relay') expect(outcomeOf(verdict)).toBe(expected);
    else {
      const { edits } = verdict.decision.value;
      const set = edits.filter(({ value }) => value !== undefined);
      expect(set.map(({ name, value }) => `${name}: ${value}`).join(', ')).toBe(expected);
    }
  });
});

describe('a request about events', () => {
  const rows: [method: string, event: string | undefined, to: string, outcome: string][] = [
    ['SUBSCRIBE', 'dialog', 'acme', 'relay'],
    ['SUBSCRIBE', 'dialog', 'other', 'relay'],
    ['SUBSCRIBE', 'presence', 'acme', '489 event-unserved'],
    ['SUBSCRIBE', undefined, 'acme', '489 event-unserved'],
    ['PUBLISH', 'presence', 'acme', '489 event-unserved'],
    ['NOTIFY', 'check-sync', 'acme', 'relay'],
    ['NOTIFY', 'check-sync', 'other', '481 notify-foreign'],
  ];
  it.each(rows)('%s of %s to a user of %s', async (method, event, tenant, outcome) => {
    const to = `<sip:1001@${tenant}.example>`;
    await rig.ask(sampleRegister({ to, requestUri: `sip:${tenant}.example`, contacts: ['<sip:x>'] }), {
      username: '1001',
    });
    const verdict = await rig.call(`sip:1001@${tenant}.example`, { method, ...(event && { event }) });
    expect(outcomeOf(verdict)).toBe(outcome);
    expect(findingsOf(verdict)).not.toContain('policy: media is anchored');
  });
});

describe('a call that goes nowhere', () => {
  const rows: [string, string, string, string][] = [
    [
      'an unknown user',
      'sip:1oo1@acme.example',
      '404 user-unknown',
      'number: unknown user 1oo1, nearest: 1001',
    ],
    ['a domain alone', 'sip:acme.example', '404 user-unknown', 'number: unknown user '],
    ['an unknown number', 'tel:+1555', '404 user-unknown', 'number: unknown user +1555'],
    [
      'a name in another case',
      'sip:Alice@acme.example',
      '404 user-unknown',
      'number: unknown user Alice, nearest: alice',
    ],
    [
      'what an object inherits',
      'sip:toString@acme.example',
      '404 user-unknown',
      'number: unknown user toString',
    ],
    ['a disabled user', 'sip:1003@acme.example', '404 user-disabled', 'number: 1003 is disabled'],
    [
      'a user without phones',
      'sip:1002@acme.example',
      '480 user-not-registered',
      'bindings: 1002 has no phone registered',
    ],
    [
      'a foreign domain',
      'sip:x@else.where',
      '403 domain-foreign',
      'domain: else.where is no domain of a tenant',
    ],
    ['a broken URI', 'sip:1001@', '400 malformed-uri', 'number: Request-URI is "sip:1001@"'],
    [
      'another scheme',
      'http://acme.example',
      '416 uri-scheme-unsupported',
      'number: Request-URI is "http://acme.example"',
    ],
  ];
  it.each(rows)('%s', async (_, uri, outcome, finding) => {
    const verdict = await rig.call(uri);
    expect(outcomeOf(verdict)).toBe(outcome);
    expect(findingsOf(verdict).at(-1)).toContain(finding);
    expect(verdict.identity).toEqual({ tenant: 'acme', user: '1001' });
  });

  it('does not ring an expired contact', async () => {
    await rig.register('1002', { contacts: ['<sip:a>;expires=60'] });
    rig.now = start + 60_000;
    expect(outcomeOf(await rig.call('sip:1002@acme.example'))).toBe('480 user-not-registered');
  });

  it('does not ring over a connection that has ended', async () => {
    await rig.register('1002', { flow: { ...sampleRequest().flow!, connection: 9 } });
    await rig.location.flowEnded('edge-1', 9, rig.now);
    expect(outcomeOf(await rig.call('sip:1002@acme.example'))).toBe('480 user-not-registered');
  });
});

describe('a call to a foreign domain', () => {
  const fromOther = (requestUri: string) =>
    rig.ask(sampleRequest({ from: '<sip:1001@other.example>', requestUri }), { username: '1001' });

  it('goes to the URI itself where the tenant allows it', async () => {
    const verdict = await fromOther('sip:x@else.where;transport=tcp');
    expect(decisionOf(verdict, 'relay')).toMatchObject({
      groups: [{ targets: [{ uri: 'sip:x@else.where;transport=tcp', route: [] }], ringTimeout: 60 }],
      callee: 'sip:x@else.where;transport=tcp',
      tenant: 'other',
    });
    expect(findingsOf(verdict)).toContain(
      'domain: else.where is not served here, and tenant other may call there',
    );
  });

  const shownTo = async (changes: Partial<router.Request>, tenant = {}) => {
    const other = { domains: ['other.example'], callsToOtherDomains: true, ownAddresses: true, ...tenant };
    rig.snapshot = sampleSnapshot({ acme: { domains: ['acme.example'] }, other });
    const asked = sampleRequest({ requestUri: 'sip:x@else.where', ...changes });
    const { groups, media } = decisionOf(await rig.ask(asked, { username: '1001' }), 'relay');
    return { ...groups[0]!.targets[0]!.outside, anchor: media?.anchor };
  };
  const fromUser = '"1" <sip:1001@other.example>;tag=1';

  it('shows nothing of what is inside, and names no address of an edge', async () => {
    expect(await shownTo({ from: fromUser }, { media: { anchor: 'never' } })).toMatchObject({
      ...{ hidden: true, trusted: false, challenges: true, anchor: true },
      ...{ from: '', to: '' },
    });
    expect((await shownTo({ from: '"a\\"b" <sip:1001@127.0.0.1>;tag=1' })).from).toBe(
      '"a\\"b" <sip:1001@other.example>',
    );
  });

  it('shows all where the tenant says so, and the caller does not mind', async () => {
    const open = { hideTopology: false };
    expect((await shownTo({ from: fromUser }, open)).hidden).toBeUndefined();
    const headers = [{ name: 'privacy', value: 'header' }];
    expect((await shownTo({ from: fromUser, headers }, open)).hidden).toBe(true);
    const privacy = [{ name: 'privacy', value: 'user' }];
    expect((await shownTo({ from: fromUser, headers: privacy }, open)).from).toContain('anonymous.invalid');
  });

  it('never comes back to the edge', async () => {
    rig.snapshot = sampleSnapshot({ acme: { domains: ['acme.example'] } });
    expect(outcomeOf(await fromOther('sip:x@127.0.0.1'))).toBe('403 domain-foreign');
  });
});

describe('a sips URI', () => {
  const secure = { ...sampleRequest().flow!, transport: 'tls', connection: 9 };

  it.each([
    ['a sips Contact over TLS', 'sips:b@192.0.2.7', secure, 'relay'],
    ['one over a secure WebSocket', 'sips:b@192.0.2.7', { ...secure, transport: 'wss' }, 'relay'],
    ['a sip Contact over TLS', 'sip:b@192.0.2.7;transport=tls', secure, '480 sips-unreachable'],
    ['a sips Contact in the clear', 'sips:b@192.0.2.7', sampleRequest().flow!, '480 sips-unreachable'],
  ])('leads to %s as RFC 5630 has it', async (_, contact, flow, outcome) => {
    await rig.register('1002', { contacts: [`<${contact}>`], flow });
    expect(outcomeOf(await rig.call('sips:1002@acme.example'))).toBe(outcome);
  });

  it('of a phone is a sip one to who calls that, over its flow alone', async () => {
    await rig.register('1002', { contacts: ['<sips:b@192.0.2.7>'], flow: secure });
    const [group] = decisionOf(await rig.call('sip:1002@acme.example'), 'relay').groups;
    expect(group?.targets[0]).toMatchObject({ uri: 'sip:b@192.0.2.7', flowOnly: true, flow: secure });
  });
});

describe('contacts', () => {
  it('of equal q ring together, the preferred first (KA-10)', async () => {
    const contacts = ['<sip:third>;q=0.5', '<sip:first>;q=1', '<sip:second>'];
    await rig.register('1002', { contacts });
    const verdict = await rig.call('sip:1002@acme.example');
    expect(groupsOf(verdict)).toEqual([['sip:first', 'sip:second'], ['sip:third']]);
    expect(findingsOf(verdict)).toContain('bindings: 2 together, then 1 target, for 60 s each');
  });

  it('are reached by the flow and the path that they registered with', async () => {
    const path = ['<sip:p1.example;lr>', '<sip:p2.example;lr>'];
    const flow = { ...sampleRequest().flow!, host: '198.51.100.7', port: 1_234 };
    await rig.register('1002', { path, supported: ['path'], flow, contacts: ['<sip:1002@10.0.0.1>'] });
    const target = decisionOf(await rig.call('sip:1002@acme.example'), 'relay').groups[0]?.targets[0];
    expect(target).toEqual({
      uri: 'sip:1002@10.0.0.1',
      route: path,
      flow,
      identity: { tenant: 'acme', user: '1002' },
      alternatives: [],
      flowOnly: false,
      boundMs: start,
      keepAlive: 0,
      codecs: [],
      edits: [],
      follows: false,
    });
  });

  it('of one instance are other ways to it, the latest first (RFC 5626 §7)', async () => {
    for (const regId of [2, 3, 1]) {
      rig.now += 1_000;
      const contact = `<sip:flow-${regId}>;+sip.instance="<urn:uuid:1>";reg-id=${regId}`;
      const supported = ['outbound'];
      await rig.register('1002', { contacts: [contact], callId: `flow-${regId}`, supported });
    }
    await rig.register('1002', { contacts: ['<sip:desk>'], callId: 'desk' });
    const verdict = await rig.call('sip:1002@acme.example');
    expect(groupsOf(verdict)).toEqual([['sip:flow-1', 'sip:desk']]);
    const [phone, desk] = decisionOf(verdict, 'relay').groups[0]!.targets;
    expect(phone!.alternatives.map(({ uri }) => uri)).toEqual(['sip:flow-3', 'sip:flow-2']);
    expect([phone!.flowOnly, desk!.flowOnly]).toEqual([true, false]);
  });

  it('ring for the time of the user, else of the tenant', async () => {
    rig.snapshot = sampleSnapshot(
      { acme: { domains: ['acme.example'], ringTimeout: 25 } },
      { 'acme/1002': { ringTimeout: 20 } },
    );
    for (const name of ['1001', '1002']) await rig.register(name, { callId: name });
    const timeout = async (uri: string) => decisionOf(await rig.call(uri), 'relay').groups[0]?.ringTimeout;
    expect([await timeout('sip:1001@acme.example'), await timeout('sip:1002@acme.example')]).toEqual([
      25, 20,
    ]);
  });
});

describe('media', () => {
  type Anchor = 'auto' | 'always' | 'never' | undefined;
  const rows: [Anchor, Anchor, Anchor, boolean][] = [
    ['auto', undefined, undefined, true],
    ['never', undefined, undefined, false],
    ['always', undefined, undefined, true],
    ['auto', 'never', undefined, false],
    ['auto', undefined, 'never', false],
    ['never', 'always', undefined, true],
    ['always', 'never', 'never', false],
    ['auto', 'never', 'always', true],
  ];
  it.each(rows)(
    'of tenant %s, caller %s and callee %s is anchored: %s',
    async (tenant, caller, callee, expected) => {
      const override = (anchor: Anchor) => (anchor === undefined ? {} : { media: { anchor } });
      rig.snapshot = sampleSnapshot(
        { acme: { domains: ['acme.example'], media: { anchor: tenant } } },
        { 'acme/1001': override(caller), 'acme/1002': override(callee) },
      );
      await rig.register('1002');
      const { media } = decisionOf(await rig.call('sip:1002@acme.example'), 'relay');
      expect(media).toEqual({ anchor: expected, inactivity: 300 });
    },
  );

  it.each([
    [0, 0, 0],
    [0, 60, 60],
    [90, 60, 60],
    [90, undefined, 90],
  ])('is dead after the shorter time of both: %s and %s', async (caller, callee, expected) => {
    const users = {
      'acme/1001': { media: { inactivity: caller } },
      'acme/1002': callee === undefined ? {} : { media: { inactivity: callee } },
    };
    rig.snapshot = sampleSnapshot({}, users);
    await rig.register('1002');
    expect(decisionOf(await rig.call('sip:1002@acme.example'), 'relay').media?.inactivity).toBe(expected);
  });
});

describe('a relayed request', () => {
  it('carries on neither credentials nor identities that the caller has only claimed', async () => {
    await rig.register('1002');
    const { edits } = decisionOf(await rig.call('sip:1002@acme.example'), 'relay');
    const names = ['Proxy-Authorization', 'P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID'];
    expect(edits).toEqual(names.map((name) => ({ name })));
  });

  it('may be of any method', async () => {
    await rig.register('1002');
    expect(outcomeOf(await rig.call('sip:1002@acme.example', { method: 'MESSAGE' }))).toBe('relay');
  });

  it('explains itself step by step', async () => {
    await rig.register('1002');
    expect(findingsOf(await rig.call('sip:sales@acme.example'))).toEqual([
      'domain: From belongs to tenant acme',
      'identity: 1001 of acme, by digest in realm acme.example',
      'domain: acme.example belongs to tenant acme',
      'number: sales is an alias of user 1002',
      'bindings: 1 target, for 60 s each',
      'policy: media is anchored',
    ]);
  });

  it('carries the id of its request', async () => {
    expect((await rig.call('sip:1002@acme.example', { id: 4_294_967_295 })).id).toBe(4_294_967_295);
  });
});

describe('route', () => {
  it('is pure: a dry run with the same facts gives the same verdict', async () => {
    await rig.register('1002');
    const { snapshot, location } = rig;
    const user = snapshot.user('acme', '1001')!;
    const realm = { name: 'acme.example', tenant: user.tenant, finding: '' };
    const question = { request: sampleRequest(), caller: { is: 'proven', user, realm, steps: [] } } as const;
    const callee = calleeOf(snapshot, question, rig.now);
    expect(wanted(callee)).toEqual(['acme/1002']);
    const bindings = await location.lookup(wanted(callee), rig.now);
    const decided = (now: number) => route(bindings, question, calleeOf(snapshot, question, now), now);
    const verdicts = [rig.now, rig.now].map(decided);
    expect(verdicts[0]).toEqual(verdicts[1]);
    expect(outcomeOf(decided(rig.now + 3_600_000))).toBe('480 user-not-registered');
  });

  it('asks the store for nobody that is not there', () => {
    const { snapshot } = rig;
    const user = snapshot.user('acme', '1001')!;
    const caller = {
      is: 'proven',
      user,
      realm: { name: '', tenant: user.tenant, finding: '' },
      steps: [],
    } as const;
    const request = sampleRequest({ requestUri: 'sip:nobody@acme.example' });
    expect(wanted(calleeOf(snapshot, { request, caller }, rig.now))).toEqual([]);
  });
});

describe('a GRUU (RFC 5627)', () => {
  const phone = (instance: number, overrides = {}) =>
    rig.register('1002', {
      contacts: [`<sip:phone-${instance}>;+sip.instance="<urn:uuid:${instance}>"`],
      callId: `phone-${instance}`,
      supported: ['gruu'],
      ...overrides,
    });
  const gruusOf = (verdict: router.Verdict, of: string) => {
    const contact = decisionOf(verdict, 'registered').contacts.find((each) => each.includes(of))!;
    return /pub-gruu="(.*)";temp-gruu="(.*)"$/.exec(contact)!.slice(1) as [string, string];
  };

  it('reaches its phone alone', async () => {
    await phone(1);
    for (const gruu of gruusOf(await phone(2), 'phone-1')) {
      expect(groupsOf(await rig.call(gruu))).toEqual([['sip:phone-1']]);
    }
  });

  it('of a phone that is gone leads nowhere', async () => {
    const [lasting, temporary] = gruusOf(await phone(1), 'phone-1');
    await phone(2);
    await rig.register('1002', {
      contacts: ['<sip:phone-1>;+sip.instance="<urn:uuid:1>";expires=0'],
      callId: 'phone-1',
    });
    expect(outcomeOf(await rig.call(lasting))).toBe('480 user-not-registered');
    expect(outcomeOf(await rig.call(temporary))).toBe('404 gruu-expired');
  });

  it('that is temporary ends with the Call-ID that it was given for (§3.1.2)', async () => {
    const [lasting, temporary] = gruusOf(await phone(1), 'phone-1');
    const [, refreshed] = gruusOf(await phone(1), 'phone-1');
    for (const gruu of [temporary, refreshed]) expect(outcomeOf(await rig.call(gruu))).toBe('relay');
    await phone(1, { callId: 'after a restart' });
    for (const gruu of [temporary, refreshed]) {
      expect(outcomeOf(await rig.call(gruu))).toBe('404 gruu-expired');
    }
    expect(outcomeOf(await rig.call(lasting))).toBe('relay');
  });

  it('that somebody has made up names nobody', async () => {
    const [, temporary] = gruusOf(await phone(1), 'phone-1');
    // Of the last character some bits mean nothing.
    const forged = temporary.replace(/.(?=.{8}@)/, (last) => (last === 'A' ? 'B' : 'A'));
    expect(outcomeOf(await rig.call(forged))).toBe('404 user-unknown');
    expect(outcomeOf(await rig.call(temporary.replace('acme.example', 'other.example')))).not.toBe('relay');
  });

  it('in a dialog needs no credentials: its edge has proven who asks', async () => {
    const [lasting] = gruusOf(await phone(1), 'phone-1');
    const ask = (requestUri: string) =>
      rig.router.decide(sampleRequest({ method: 'BYE', requestUri, inDialog: true }));
    expect(groupsOf(await ask(lasting))).toEqual([['sip:phone-1']]);
    expect(outcomeOf(await ask('sip:1002@acme.example;gr=urn:uuid:9'))).toBe('480 user-not-registered');
    expect(outcomeOf(await ask('sip:1002@acme.example'))).toBe('404 user-unknown');
    expect(outcomeOf(await ask('sip:9999@acme.example;gr=urn:uuid:1'))).toBe('404 user-unknown');
  });
});

describe('phones behind NATs', () => {
  const contact = '<sip:1002@10.0.0.1:5060>';
  const natFindings = async () =>
    findingsOf(await rig.call('sip:1002@acme.example')).filter((finding) => finding.startsWith('nat: '));

  it('are told with both addresses, their age and how they are kept', async () => {
    const seen = 'nat: sip:1002@10.0.0.1:5060 is seen at 192.0.2.10:5060';
    await rig.register('1002', { contacts: [contact] });
    rig.now += 131_000;
    expect(await natFindings()).toEqual([`${seen}, bound 131 s ago, asked every 25 s`]);
    const { flow } = sampleRequest();
    await rig.location.probed('acme/1002', { flow: flow!, unreachableSince: rig.now - 30_000 });
    expect(await natFindings()).toEqual([`${seen}, bound 131 s ago, silent for 30 s`]);
    rig.snapshot = sampleSnapshot({}, { 'acme/1002': { keepAlive: 0 } });
    await rig.register('1002', { contacts: [contact] });
    expect(await natFindings()).toEqual([`${seen}, bound 0 s ago, not kept alive`]);
  });

  it('are not told of where there are none', async () => {
    await rig.register('1002', { contacts: ['<sip:1002@192.0.2.10:5060>'] });
    expect(await natFindings()).toEqual([]);
  });

  it('ring over the flow that answers, though it is older', async () => {
    for (const regId of [1, 2]) {
      rig.now += 1_000;
      const flow = { ...sampleRequest().flow!, port: 4_000 + regId };
      const contacts = [`<sip:flow-${regId}>;+sip.instance="<urn:uuid:1>";reg-id=${regId}`];
      await rig.register('1002', { contacts, flow, callId: `flow-${regId}`, supported: ['outbound'] });
    }
    const flow = { ...sampleRequest().flow!, port: 4_002 };
    await rig.location.probed('acme/1002', { flow, unreachableSince: rig.now });
    expect(groupsOf(await rig.call('sip:1002@acme.example'))).toEqual([['sip:flow-1']]);
  });
});
