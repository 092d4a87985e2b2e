import type { router } from '@tandem/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  connection,
  decisionOf,
  outcomeOf,
  Rig,
  sampleRegister,
  sampleSnapshot,
  start,
} from './sample.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

function contactsOf(verdict: router.Verdict): string[] {
  return decisionOf(verdict, 'registered').contacts;
}

async function register(
  contacts: string[],
  overrides: Partial<router.Request> = {},
): Promise<router.Verdict> {
  return rig.register('1001', { contacts, ...overrides });
}

describe('REGISTER', () => {
  it('adds, refreshes and removes contacts, and returns all of them', async () => {
    expect(contactsOf(await register(['<sip:a>']))).toEqual(['<sip:a>;expires=3600']);
    rig.now = start + 10_500;
    const both = await register(['<sip:b>;expires=600;q=0.5'], { callId: 'b' });
    expect(contactsOf(both)).toEqual(['<sip:a>;expires=3590', '<sip:b>;expires=600;q=0.5']);
    expect(contactsOf(await register(['<sip:a>']))).toEqual([
      '<sip:b>;expires=600;q=0.5',
      '<sip:a>;expires=3600',
    ]);
    expect(contactsOf(await register(['<sip:b>;expires=0'], { callId: 'b' }))).toEqual([
      '<sip:a>;expires=3600',
    ]);
    expect(contactsOf(await register(['*'], { expires: 0 }))).toEqual([]);
  });

  it('without contacts asks what is there', async () => {
    await register(['<sip:a>']);
    expect(contactsOf(await register([]))).toEqual(['<sip:a>;expires=3600']);
    expect(contactsOf(await rig.register('1002', { contacts: [] }))).toEqual([]);
  });

  it('keeps what a contact is, for the answer', async () => {
    const contact = '<sip:1001@a;transport=tcp>;expires=60;+sip.instance="<urn:uuid:1>";reg-id=2';
    expect(contactsOf(await register([contact], { supported: ['outbound'] }))).toEqual([contact]);
  });

  it('removes a contact by Expires: 0 for all of the request', async () => {
    await register(['<sip:a>', '<sip:b>']);
    expect(contactsOf(await register(['<sip:a>'], { expires: 0 }))).toEqual(['<sip:b>;expires=3600']);
  });

  const intervals: [string, string, number | undefined, string][] = [
    ['the default when nothing is asked', '<sip:a>', undefined, '<sip:a>;expires=3600'],
    ['the header', '<sip:a>', 120, '<sip:a>;expires=120'],
    ['the parameter before the header', '<sip:a>;expires=90', 120, '<sip:a>;expires=90'],
    ['the maximum when more is asked', '<sip:a>;expires=4294967295', undefined, '<sip:a>;expires=3600'],
    [
      'the default when the parameter is no number',
      '<sip:a>;expires=soon',
      undefined,
      '<sip:a>;expires=3600',
    ],
    ['the default when the header is no number', '<sip:a>', Number.NaN, '<sip:a>;expires=3600'],
    ['the minimum itself', '<sip:a>;expires=60', undefined, '<sip:a>;expires=60'],
  ];
  it.each(intervals)('binds for %s', async (_, contact, expires, expected) => {
    expect(contactsOf(await register([contact], expires === undefined ? {} : { expires }))).toEqual([
      expected,
    ]);
  });

  it.each(['<sip:a>;expires=59', '<sip:a>;expires=1'])(
    'refuses %s as too brief, and says what is enough',
    async (contact) => {
      const verdict = await register([contact]);
      expect(decisionOf(verdict, 'reject')).toEqual({
        status: 423,
        reason: 'Interval Too Brief',
        fault: 'interval-too-brief',
        headers: [{ name: 'Min-Expires', value: '60' }],
      });
    },
  );

  const broken: [string, string[], number | undefined][] = [
    ['garbage', ['garbage'], undefined],
    ['a URI of another scheme', ['<mailto:a@b>'], undefined],
    ['a number', ['<tel:+1555>'], undefined],
    ['a broken URI', ['<sip:a b>'], undefined],
    ['a broken q', ['<sip:a>;q=2'], undefined],
    ['a broken instance', ['<sip:a>;+sip.instance="x"'], undefined],
    ['one broken among others', ['<sip:a>', 'garbage'], undefined],
    ['* without Expires', ['*'], undefined],
    ['* with Expires', ['*'], 60],
    ['* with others', ['*', '<sip:a>'], 0],
    ['* twice', ['*', '*'], 0],
  ];
  it.each(broken)('refuses %s and changes nothing', async (_, contacts, expires) => {
    await register(['<sip:before>']);
    const verdict = await register(contacts, expires === undefined ? {} : { expires });
    expect(outcomeOf(verdict)).toBe('400 malformed-header');
    expect(verdict.identity).toEqual({ tenant: 'acme', user: '1001' });
    expect(contactsOf(await register([]))).toEqual(['<sip:before>;expires=3600']);
  });

  it.each([
    ['reject', '403 contacts-exceeded', ['a', 'b']],
    ['replace', 'registered', ['b', 'c']],
  ])('one phone too many: %s', async (maxContactsPolicy, expected, left) => {
    rig.snapshot = sampleSnapshot({}, { 'acme/1001': { maxContacts: 2, maxContactsPolicy } });
    const outcomes = [];
    for (const host of ['a', 'b', 'c']) {
      rig.now += 1_000;
      outcomes.push(outcomeOf(await register([`<sip:${host}>;expires=3600`], { callId: host })));
    }
    expect(outcomes).toEqual(['registered', 'registered', expected]);
    const hosts = contactsOf(await register([])).map(
      (contact) => contact.slice('<sip:'.length).split('>')[0],
    );
    expect(hosts).toEqual(left);
  });

  it('refuses what comes late (RFC 3261 §10.3)', async () => {
    await register(['<sip:a>'], { callId: 'x' });
    rig.now += 1;
    const late = sampleRegister({ contacts: ['<sip:a>'], callId: 'x', cseq: 1 });
    const authorization = [answer(late, await rig.router.decide(late), { username: '1001' })];
    expect(outcomeOf(await rig.router.decide({ ...late, authorization }))).toBe(
      '500 registration-out-of-order',
    );
  });

  it('keeps and echoes Path for a phone that knows it', async () => {
    const path = ['<sip:p1.example;lr>', '<sip:p2.example;lr>'];
    const verdict = await register(['<sip:a>'], { path, supported: ['path'] });
    expect(decisionOf(verdict, 'registered').path).toEqual(path);
    const stored = (await rig.location.lookup(['acme/1001'], rig.now)).get('acme/1001');
    expect(stored?.[0]?.path).toEqual(path);
  });

  it('refuses Path for a phone that does not (RFC 3327 §5.3)', async () => {
    const verdict = await register(['<sip:a>'], { path: ['<sip:p1.example;lr>'] });
    expect(decisionOf(verdict, 'reject')).toMatchObject({
      status: 420,
      headers: [{ name: 'Unsupported', value: 'path' }],
    });
  });

  it.each([['garbage'], ['<tel:+1555>'], Array.from({ length: 9 }, () => '<sip:p;lr>')])(
    'refuses a Path that could be no Route: %s',
    async (...path) => {
      const verdict = await register(['<sip:a>'], { path, supported: ['path'] });
      expect(outcomeOf(verdict)).toBe('400 malformed-header');
    },
  );

  it('lets a connection vouch that has a contact', async () => {
    const vouches = async (contacts: string[], overrides: Partial<router.Request> = {}) =>
      decisionOf(await register(contacts, { flow: connection, ...overrides }), 'registered').vouches;
    expect(await vouches(['<sip:a>'])).toBe(true);
    expect(await vouches([])).toBe(true);
    expect(await vouches(['<sip:a>;expires=0'])).toBe(false);
    expect(decisionOf(await register(['<sip:b>']), 'registered').vouches).toBe(false);
  });

  it('binds the same user by name, alias and in every domain of its tenant', async () => {
    const requests = [
      sampleRegister({ contacts: ['<sip:a>'], callId: 'a' }),
      sampleRegister({ contacts: ['<sip:b>'], callId: 'b', to: '<sip:alice@acme.example>' }),
      sampleRegister({
        contacts: ['<sip:c>'],
        callId: 'c',
        to: '<sip:1001@acme.net>',
        requestUri: 'sip:acme.net',
      }),
      sampleRegister({ contacts: ['<sip:d>'], callId: 'd', requestUri: 'sip:127.0.0.1:5060' }),
    ];
    let last: router.Verdict | undefined;
    for (const request of requests) last = await rig.ask(request, { username: '1001' });
    expect(contactsOf(last!)).toHaveLength(4);
  });

  it.each(['my-name', 'my-other-name', 'a.b', 'a_b', '+34911'])(
    'keeps %s apart from names like it',
    async (name) => {
      rig.snapshot = sampleSnapshot({}, { 'acme/a.b': {}, 'acme/a_b': {}, 'acme/+34911': {}, 'acme/my': {} });
      await rig.register(name);
      const { registrations } = await rig.location.list({ limit: 10 }, rig.now);
      expect(registrations.map(({ aor }) => aor)).toEqual([`acme/${name}`]);
    },
  );

  it('keeps only the beginning of a long User-Agent', async () => {
    await register(['<sip:a>'], { userAgent: 'x'.repeat(5_000) });
    const stored = (await rig.location.lookup(['acme/1001'], rig.now)).get('acme/1001');
    expect(stored?.[0]?.userAgent).toHaveLength(128);
  });
});

describe('RFC 5626', () => {
  const flow = (number: number, contact = 'sip:1001@10.0.0.1:5060') =>
    `<${contact}>;+sip.instance="<urn:uuid:1>";reg-id=${number}`;
  const supported = ['path', 'outbound'];

  it('keeps all flows of an instance, and tells the phone so', async () => {
    for (const number of [1, 2]) {
      const verdict = await register([flow(number)], { callId: `flow-${number}`, supported });
      expect(decisionOf(verdict, 'registered').outbound).toBe(true);
    }
    const asked = await register([], { supported });
    expect(contactsOf(asked)).toHaveLength(2);
    expect(decisionOf(asked, 'registered').outbound).toBe(false);
  });

  it('counts an instance as one phone, and keeps four of its flows (§4.2)', async () => {
    rig.snapshot = sampleSnapshot({}, { 'acme/1001': { maxContacts: 1, maxContactsPolicy: 'reject' } });
    for (const number of [1, 2, 3, 4, 5]) {
      rig.now += 1_000;
      await register([flow(number)], { callId: `flow-${number}`, supported });
    }
    const bound = contactsOf(await register([])).map((contact) => contact.split('reg-id=')[1]);
    expect(bound).toEqual(['2', '3', '4', '5']);
    expect(outcomeOf(await register(['<sip:another>'], { callId: 'b' }))).toBe('403 contacts-exceeded');
  });

  it('means nothing to a phone that does not say that it knows it', async () => {
    const verdict = await register([flow(1)]);
    expect(decisionOf(verdict, 'registered').outbound).toBe(false);
    expect(contactsOf(verdict)[0]).not.toContain('reg-id');
  });

  it('takes one contact in a request (§6)', async () => {
    const contacts = [flow(1), '<sip:another>'];
    expect(outcomeOf(await register(contacts, { supported }))).toBe('400 malformed-header');
    const removal = [flow(1), '<sip:another>;expires=0'];
    expect(outcomeOf(await register(removal, { supported }))).toBe('registered');
  });

  it.each([
    ['no Path', [], '439 first-hop-lacks-outbound'],
    ['a Path without ob', ['<sip:far;lr>', '<sip:near;lr>'], '439 first-hop-lacks-outbound'],
    ['ob at another hop', ['<sip:far;lr;ob>', '<sip:near;lr>'], '439 first-hop-lacks-outbound'],
    ['ob at the first hop', ['<sip:far;lr>', '<sip:near;lr;ob>'], 'registered'],
  ])('through a proxy with %s', async (_, path, expected) => {
    expect(outcomeOf(await register([flow(1)], { supported, path, hops: 2 }))).toBe(expected);
    expect(outcomeOf(await register(['<sip:plain>'], { supported, path, hops: 2, callId: 'b' }))).toBe(
      'registered',
    );
  });
});

describe('RFC 5627', () => {
  const contact = '<sip:1001@10.0.0.1>;+sip.instance="<urn:uuid:1>"';
  const supported = ['gruu'];
  const gruusOf = (verdict: router.Verdict) =>
    /pub-gruu="(.*)";temp-gruu="(.*)"$/.exec(contactsOf(verdict)[0]!);

  it('gives each instance a lasting GRUU, and a new temporary one each time (§5.3)', async () => {
    const [, lasting, temporary] = gruusOf(await register([contact], { supported }))!;
    const [, same, other] = gruusOf(await register([contact], { supported }))!;
    expect([lasting, same]).toEqual(Array(2).fill('sip:1001@acme.example;gr=urn:uuid:1'));
    for (const uri of [temporary, other]) {
      expect(uri).toMatch(/^sip:tgruu\.[\w-]{40,80}@acme\.example;gr$/);
      expect(uri).not.toContain('1001');
    }
    expect(other).not.toBe(temporary);
  });

  it('gives none to who does not ask, nor without an instance', async () => {
    expect(contactsOf(await register([contact]))[0]).not.toContain('gruu');
    expect(contactsOf(await register(['<sip:a>'], { supported, callId: 'b' }))[0]).toContain('gruu');
    expect(contactsOf(await register([], { supported }))[1]).not.toContain('gruu');
  });

  it('refuses a contact that is a GRUU itself (§5.1)', async () => {
    const [, lasting] = gruusOf(await register([contact], { supported }))!;
    expect(outcomeOf(await register([`<${lasting}>`], { callId: 'b' }))).toBe('403 contact-is-own');
  });
});

describe('a phone behind a NAT', () => {
  const datagram = sampleRegister().flow!;
  const keptBy = async (contact: string, overrides: Partial<router.Request> = {}) =>
    decisionOf(await register([contact], overrides), 'registered').keepAlive;

  it('over UDP is kept alive, by the contact that it gave', async () => {
    const contact = 'sip:1001@10.0.0.1:5060';
    expect(await keptBy(`<${contact}>`)).toEqual({ interval: 25, untilMs: start + 3_600_000, contact });
    expect(await keptBy(`<${contact}>;expires=0`)).toBeUndefined();
  });

  it('is known by its Via when it has learnt its outer address', async () => {
    const contact = `<sip:1001@${datagram.host}:${datagram.port}>`;
    expect(await keptBy(contact)).toBeUndefined();
    expect(await keptBy(contact, { translated: true })).toMatchObject({ interval: 25 });
  });

  it('is asked as often as its user says, or its tenant, or never', async () => {
    const registration = { keepAlive: 15 };
    const domains = ['acme.example'];
    rig.snapshot = sampleSnapshot({ acme: { domains, registration } });
    expect(await keptBy('<sip:1001@10.0.0.1>')).toMatchObject({ interval: 15 });
    rig.snapshot = sampleSnapshot({ acme: { domains, registration } }, { 'acme/1001': { keepAlive: 0 } });
    expect(await keptBy('<sip:1001@10.0.0.1>', { callId: 'b' })).toBeUndefined();
  });

  it('over a connection is kept alive by that, NAT or not', async () => {
    expect(await keptBy('<sip:1001@192.0.2.10:5060>', { flow: connection })).toMatchObject({ interval: 25 });
  });

  it('is left to the proxy that it stands behind', async () => {
    const path = ['<sip:p1.example;lr>'];
    expect(await keptBy('<sip:1001@10.0.0.1>', { path, supported: ['path'] })).toBeUndefined();
  });
});
