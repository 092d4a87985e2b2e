import type { router } from '@tandem/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  connection,
  decisionOf,
  findingsOf,
  type Login,
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

/** A challenge as it goes over the wire, with the nonce taken out. */
function onTheWire(verdict: router.Verdict): unknown {
  const { status, challenges } = decisionOf(verdict, 'challenge');
  return [status, challenges.map((text) => text.replace(/nonce="[\w-]{42}"/, 'nonce=""'))];
}

describe('a first request', () => {
  const rows: [string, router.Request, number, string][] = [
    ['REGISTER is asked with 401', sampleRegister(), 401, 'acme.example'],
    ['anything else with 407', sampleRequest(), 407, 'acme.example'],
    [
      'the realm is the domain of the caller',
      sampleRequest({ from: '<sip:1001@ACME.net>;tag=1' }),
      407,
      'acme.net',
    ],
    [
      'a caller from elsewhere is asked in the realm of the callee',
      sampleRequest({ from: '<sip:x@else.where>' }),
      407,
      'acme.example',
    ],
    [
      'an anonymous one as well',
      sampleRequest({ from: '<sip:anonymous@anonymous.invalid>' }),
      407,
      'acme.example',
    ],
    [
      'the address of an edge stands for the first domain',
      sampleRegister({ requestUri: 'sip:127.0.0.1', to: '<sip:1001@127.0.0.1:5060>' }),
      401,
      'acme.example',
    ],
  ];
  it.each(rows)('%s', async (_, request, status, realm) => {
    const verdict = await rig.router.decide(request);
    expect(onTheWire(verdict)).toEqual([
      status,
      [`Digest realm="${realm}", nonce="", algorithm=MD5, qop="auth"`],
    ]);
    expect(decisionOf(verdict, 'challenge').fault).toBe('credentials-missing');
    expect(verdict.identity).toBeUndefined();
  });

  it('gets one challenge for each algorithm, in order of preference', async () => {
    rig.snapshot = sampleSnapshot({
      acme: { domains: ['acme.example'], auth: { algorithms: ['SHA-256', 'MD5'] } },
    });
    const { challenges } = decisionOf(await rig.router.decide(sampleRegister()), 'challenge');
    expect(challenges.map((text) => /algorithm=([\w-]+)/.exec(text)?.[1])).toEqual(['SHA-256', 'MD5']);
  });
});

describe('digest', () => {
  it.each(['MD5', 'SHA-256'])('proves a user with %s', async (algorithm) => {
    rig.snapshot = sampleSnapshot({ acme: { domains: ['acme.example'], auth: { algorithms: [algorithm] } } });
    const verdict = await rig.register('1001');
    expect(verdict.identity).toEqual({ tenant: 'acme', user: '1001' });
    expect(findingsOf(verdict)).toContain('identity: 1001 of acme, by digest in realm acme.example');
  });

  it('takes an alias for the name', async () => {
    const to = '<sip:alice@acme.example>';
    const verdict = await rig.ask(sampleRegister({ to }), {
      username: 'alice',
      password: 'password of 1001',
    });
    expect(verdict.identity).toEqual({ tenant: 'acme', user: '1001' });
  });

  it('takes only its own realm from several credentials', async () => {
    const request = sampleRequest();
    const credentials = answer(request, await rig.router.decide(request), { username: '1001' });
    const foreign = credentials.replaceAll('acme.example', 'else.where');
    const verdict = await rig.router.decide({ ...request, authorization: [foreign, credentials] });
    expect(verdict.identity).toEqual({ tenant: 'acme', user: '1001' });
  });

  it('works on any router that has the secret', async () => {
    const request = sampleRegister();
    const credentials = answer(request, await rig.router.decide(request), { username: '1001' });
    const verdict = await new Rig().router.decide({ ...request, authorization: [credentials] });
    expect(outcomeOf(verdict)).toBe('registered');
  });

  it('follows a changed password at once', async () => {
    await rig.register('1001');
    rig.snapshot = sampleSnapshot({}, { 'acme/1001': { credentials: { password: 'new' } } });
    expect(outcomeOf(await rig.register('1001'))).toBe('401 wrong-password');
  });
});

describe('W-40: credentials that prove nothing are told apart in the verdict, not on the wire', () => {
  const rows: [string, Partial<router.Request>, Login, string][] = [
    ['unknown user', {}, { username: 'nobody' }, 'account-unknown'],
    ['wrong password', {}, { username: '1001', password: 'wrong' }, 'wrong-password'],
    ['wrong password of a disabled user', {}, { username: '1003', password: 'wrong' }, 'wrong-password'],
    [
      'wrong domain',
      { to: '<sip:1001@acme.example>', requestUri: 'sip:other.example' },
      { username: '1001' },
      'wrong-domain',
    ],
  ];
  it.each(rows)('%s', async (_, overrides, login, fault) => {
    const request = sampleRegister(overrides);
    const first = await rig.router.decide(request);
    const second = await rig.router.decide({ ...request, authorization: [answer(request, first, login)] });
    expect(outcomeOf(second)).toBe(`401 ${fault}`);
    expect(onTheWire(second)).toEqual(onTheWire(first));
    expect(onTheWire(second)).toEqual(onTheWire(await rig.router.decide(sampleRegister())));
  });

  it('wrong realm', async () => {
    const request = sampleRegister();
    const first = await rig.router.decide(request);
    const credentials = answer(request, first, { username: '1001' }).replace(
      'realm="acme.example"',
      'realm="asterisk"',
    );
    const second = await rig.router.decide({ ...request, authorization: [credentials] });
    expect(outcomeOf(second)).toBe('401 wrong-realm');
    expect(onTheWire(second)).toEqual(onTheWire(first));
    expect(findingsOf(second)).toContain('identity: realm "asterisk", expected acme.example');
  });

  it('AS-45: a domain that is nobody’s is asked for in its own name, and the log says what was expected', async () => {
    const request = sampleRegister({ requestUri: 'sip:203.0.113.9', to: '<sip:2000@203.0.113.9>' });
    const first = await rig.router.decide(request);
    const login = { username: '2000', password: 'x' };
    const second = await rig.router.decide({ ...request, authorization: [answer(request, first, login)] });
    expect(onTheWire(first)).toEqual([
      401,
      ['Digest realm="203.0.113.9", nonce="", algorithm=MD5, qop="auth"'],
    ]);
    expect([outcomeOf(first), outcomeOf(second)]).toEqual(['401 wrong-domain', '401 wrong-domain']);
    expect(findingsOf(second)[0]).toBe(
      'domain: 203.0.113.9 is no domain of a tenant, expected acme.example or acme.net or other.example',
    );
  });

  it('AS-45: the address of an edge is nobody’s domain unless a tenant says so', async () => {
    rig.snapshot = sampleSnapshot({ acme: { domains: ['acme.example'] } });
    const verdict = await rig.router.decide(sampleRegister({ to: '<sip:1001@127.0.0.1>' }));
    expect(outcomeOf(verdict)).toBe('401 wrong-domain');
    expect(findingsOf(verdict)[0]).toContain('an address of this edge, and no tenant has ownAddresses');
  });

  const broken: [string, (credentials: string) => string, string][] = [
    ['another scheme', () => 'Basic Zm9v', 'credentials-malformed'],
    ['no qop', (text) => text.replace(/qop=auth, nc=\w+, /, ''), 'digest-unprotected'],
    ['an algorithm that was not offered', (text) => text.replace('MD5', 'SHA-256'), 'digest-unprotected'],
    ['an algorithm that is not spoken', (text) => text.replace('MD5', 'AKAv1-MD5'), 'digest-unprotected'],
    [
      'a response to another request',
      (text) => text.replace('uri="sip:acme', 'uri="sip:bcme'),
      'wrong-password',
    ],
  ];
  it.each(broken)('%s', async (_, change, fault) => {
    const request = sampleRegister();
    const first = await rig.router.decide(request);
    const credentials = change(answer(request, first, { username: '1001' }));
    const second = await rig.router.decide({ ...request, authorization: [credentials] });
    expect(outcomeOf(second)).toBe(`401 ${fault}`);
    expect(onTheWire(second)).toEqual(onTheWire(first));
  });
});

describe('a nonce', () => {
  async function first(): Promise<{ request: router.Request; credentials: (nonceCount: number) => string }> {
    const request = sampleRegister();
    const verdict = await rig.router.decide(request);
    return {
      request,
      credentials: (nonceCount) => answer(request, verdict, { username: '1001', nonceCount }),
    };
  }

  it('serves several requests with rising counts', async () => {
    const { request, credentials } = await first();
    for (const count of [1, 2, 3]) {
      const verdict = await rig.router.decide({
        ...request,
        cseq: count,
        authorization: [credentials(count)],
      });
      expect(outcomeOf(verdict)).toBe('registered');
    }
  });

  it('is challenged as stale when a capture is replayed', async () => {
    const { request, credentials } = await first();
    await rig.router.decide({ ...request, authorization: [credentials(1)] });
    const replay = await rig.router.decide({ ...request, authorization: [credentials(1)] });
    expect(outcomeOf(replay)).toBe('401 nonce-replayed');
    expect(decisionOf(replay, 'challenge').challenges[0]).toMatch(/, stale=true$/);
    expect(replay.identity).toBeUndefined();
  });

  it('is challenged as stale after its lifetime', async () => {
    const { request, credentials } = await first();
    rig.now = start + 300_000;
    const verdict = await rig.router.decide({ ...request, authorization: [credentials(1)] });
    expect(outcomeOf(verdict)).toBe('401 nonce-stale');
    expect(decisionOf(verdict, 'challenge').challenges[0]).toMatch(/, stale=true$/);
  });

  it('of another secret is stale for who knows the password, so phones go on after a change of the secret', async () => {
    const { request, credentials } = await first();
    const forged = credentials(1).replace(/nonce="\w{8}/, 'nonce="00000000');
    expect(outcomeOf(await rig.router.decide({ ...request, authorization: [forged] }))).toBe(
      '401 wrong-password',
    );
    const { challenges } = decisionOf(await rig.router.decide(request), 'challenge');
    const elsewhere = challenges[0]!.replace(/nonce="[\w-]+"/, 'nonce="of another"');
    const challenge: router.Verdict = {
      id: 1,
      explanation: [],
      configuration: '',
      decision: { $case: 'challenge', value: { status: 401, challenges: [elsewhere], fault: '' } },
    };
    const authorization = [answer(request, challenge, { username: '1001' })];
    const verdict = await rig.router.decide({ ...request, authorization });
    expect(outcomeOf(verdict)).toBe('401 nonce-forged');
    expect(decisionOf(verdict, 'challenge').challenges[0]).toMatch(/, stale=true$/);
  });

  it('is never called stale for a wrong password', async () => {
    const request = sampleRegister();
    const challenge = await rig.router.decide(request);
    rig.now = start + 300_000;
    const authorization = [answer(request, challenge, { username: '1001', password: 'wrong' })];
    const verdict = await rig.router.decide({ ...request, authorization });
    expect(outcomeOf(verdict)).toBe('401 wrong-password');
    expect(decisionOf(verdict, 'challenge').challenges[0]).not.toContain('stale');
  });
});

describe('a proven user', () => {
  const shows: [string, string, string][] = [
    ['its name', '<sip:1001@acme.example>', 'relay'],
    ['its name in another domain of the tenant', '<sip:1001@acme.net>', 'relay'],
    ['its name at the address of the edge', '<sip:1001@127.0.0.1>', 'relay'],
    ['its name with parameters', '<sip:1001;x=y@acme.example>', 'relay'],
    ['its name with escapes', '<sip:%31001@acme.example>', 'relay'],
    ['an alias', '<sip:alice@acme.example>', 'relay'],
    ['its callerId', '"Acme, Inc." <sip:+34910000000@acme.example;user=phone>', 'relay'],
    ['its callerId as tel', '<tel:+34-910-000-000>', 'relay'],
    ['nobody', '"Anonymous" <sip:anonymous@anonymous.invalid>', 'relay'],
    [
      'any display name, in UTF-8',
      `"${Buffer.from('Þórr').toString('latin1')}" <sip:1001@acme.example>`,
      'relay',
    ],
    ['another user', '<sip:1002@acme.example>', '403 identity-mismatch'],
    ['somebody who does not exist', '<sip:9999@acme.example>', '403 identity-mismatch'],
    ['another case of its name', '<sip:ALICE@acme.example>', '403 identity-mismatch'],
    ['no name at all', '<sip:acme.example>', '403 identity-mismatch'],
    ['a foreign domain', '<sip:1001@bank.example>', '403 identity-mismatch'],
    ['a foreign number', '<tel:+1555>', '403 identity-mismatch'],
  ];
  it.each(shows)('may call as %s or not', async (_, from, expected) => {
    await rig.register('1002');
    expect(outcomeOf(await rig.call('sip:1002@acme.example', { from }))).toBe(expected);
  });

  it('of another tenant with the same name is somebody else', async () => {
    const request = sampleRequest({ from: '<sip:1001@other.example>' });
    const verdict = await rig.ask(request, { username: '1001' });
    expect(verdict.identity).toEqual({ tenant: 'other', user: '1001' });
  });

  const registers: [string, string, string][] = [
    ['itself', '<sip:1001@acme.example>', 'registered'],
    ['itself by an alias', '<sip:+34910000001@acme.example>', 'registered'],
    ['another user', '<sip:1002@acme.example>', '403 identity-mismatch'],
    ['somebody who does not exist', '<sip:9999@acme.example>', '403 identity-mismatch'],
    ['a callerId, which is no address', '<sip:+34910000000@acme.example>', '403 identity-mismatch'],
    ['a domain', '<sip:acme.example>', '403 identity-mismatch'],
  ];
  it.each(registers)('registers %s or not', async (_, to, expected) => {
    expect(outcomeOf(await rig.ask(sampleRegister({ to }), { username: '1001' }))).toBe(expected);
  });

  it('that is disabled can do nothing', async () => {
    expect(outcomeOf(await rig.register('1003'))).toBe('403 account-disabled');
  });
});

describe('a connection that has registered', () => {
  const vouched = { tenant: 'acme', user: '1001' };

  it('vouches for its user', async () => {
    await rig.register('1002');
    const verdict = await rig.router.decide(sampleRequest({ flow: connection, vouched }));
    expect(outcomeOf(verdict)).toBe('relay');
    expect(findingsOf(verdict)).toContain('identity: 1001 of acme, whose connection this is');
  });

  const rows: [string, Partial<router.Request>, string][] = [
    ['not for another user on it', { from: '<sip:1002@acme.example>' }, '407 credentials-missing'],
    ['not for another tenant', { from: '<sip:1001@other.example>' }, '407 credentials-missing'],
    ['not for a user that is gone', { vouched: { tenant: 'acme', user: 'gone' } }, '407 credentials-missing'],
    [
      'not for a user that was disabled',
      { vouched: { tenant: 'acme', user: '1003' }, from: '<sip:1003@acme.example>' },
      '407 credentials-missing',
    ],
    ['not for a registration', sampleRegister(), '401 credentials-missing'],
  ];
  it.each(rows)('%s', async (_, overrides, expected) => {
    const request = sampleRequest({ flow: connection, vouched, ...overrides });
    const verdict = await rig.router.decide({
      ...request,
      flow: connection,
      vouched: overrides.vouched ?? vouched,
    });
    expect(outcomeOf(verdict)).toBe(expected);
  });
});

describe('a request that nobody could prove', () => {
  const rows: [string, router.Request, string][] = [
    [
      'from and to elsewhere',
      sampleRequest({ from: '<sip:a@b.c>', requestUri: 'sip:d@e.f' }),
      '403 domain-foreign',
    ],
    ['From that is broken', sampleRequest({ from: 'garbage' }), '400 malformed-header'],
    ['To that is broken', sampleRegister({ to: '<sip:>' }), '400 malformed-header'],
    ['To that is a number', sampleRegister({ to: '<tel:+1555>' }), '400 malformed-header'],
    ['a registrar that is broken', sampleRegister({ requestUri: 'sip:' }), '400 malformed-uri'],
  ];
  it.each(rows)('is refused: %s', async (_, request, expected) => {
    expect(outcomeOf(await rig.router.decide(request))).toBe(expected);
  });
});
