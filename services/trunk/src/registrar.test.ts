import type { Trunk } from '@tandem/resource';
import { beforeAll, describe, expect, it } from 'vitest';
import { carrier, challenge, ok, ScriptedEdge, trunkOf } from './fixture.ts';
import { newLogin } from './login.ts';
import { Registrar } from './registrar.ts';
import { registrationTarget } from './target.ts';

const md5 = 'realm="carrier.example", nonce="n1", algorithm=MD5, qop="auth"';
const sha = 'realm="carrier.example", nonce="n1", algorithm=SHA-256, qop="auth"';

describe('registering', () => {
  let trunk: Trunk;
  const numbers: number[] = [];

  beforeAll(async () => {
    trunk = await trunkOf();
  });

  function attempt(edges: ScriptedEdge, expires = 600, of = trunk) {
    numbers.length = 0;
    const sending = async (sequence: number): Promise<void> => void numbers.push(sequence);
    const registrar = new Registrar({ edges, now: () => 0, sending }, of, registrationTarget(of)!, 'token');
    return registrar.attempt(newLogin('call', 'tag', expires, 0), expires);
  }

  it('sends no credentials before it is asked, and then those of the trunk', async () => {
    const edge = new ScriptedEdge(challenge(401, md5), ok);
    expect(await attempt(edge)).toMatchObject({ granted: 600, sequence: 2, edge: 'edge-1' });
    const [none, sent] = edge.sent('Authorization');
    expect(none).toBeUndefined();
    expect(sent).toMatch(
      /^Digest username="acct", realm="carrier\.example", nonce="n1", uri="sip:sip\.carrier/,
    );
    expect(edge.asks[0]).toMatchObject({
      uri: 'sip:sip.carrier.example',
      from: '<sip:acct@sip.carrier.example>;tag=tag',
      to: '<sip:acct@sip.carrier.example>',
      contact: { user: 'acct', uriParameters: ';line=token', parameters: ';expires=600' },
    });
  });

  it('keeps each number before it is used (PJ-07)', async () => {
    const edge = new ScriptedEdge(challenge(401, md5), challenge(407, md5), ok);
    await attempt(edge);
    expect(numbers).toEqual([1, 2, 3]);
    expect(edge.asks.map(({ cseq, callId }) => [cseq, callId])).toEqual([
      [1, 'call'],
      [2, 'call'],
      [3, 'call'],
    ]);
  });

  it.each([
    ['401 by SHA-256 (PJ-06)', [challenge(401, sha)], ['Authorization']],
    ['407 of a proxy (OS-17)', [challenge(407, md5)], ['Proxy-Authorization']],
    ['both', [challenge(407, md5), challenge(401, md5)], ['Proxy-Authorization', 'Authorization']],
    ['a stale nonce (OS-17)', [challenge(401, md5), challenge(401, `${md5}, stale=true`)], ['Authorization']],
  ] as const)('answers %s', async (_, challenges, headers) => {
    const edge = new ScriptedEdge(...challenges, ok);
    expect(await attempt(edge)).toMatchObject({ granted: 600 });
    for (const header of headers) expect(edge.sent(header).at(-1)).toMatch(/^Digest username="acct"/);
  });

  it('gives up when its credentials are not taken, and when there is no end of stale nonces', async () => {
    const wrong = await attempt(new ScriptedEdge(challenge(401, md5)));
    expect(wrong).toMatchObject({ isFinal: true, problem: { layer: 'auth', fault: 'registrar-forbids' } });
    const stale = new ScriptedEdge(challenge(401, `${md5}, stale=true`));
    expect(await attempt(stale)).toMatchObject({ isFinal: true });
    expect(stale.asks).toHaveLength(3);
  });

  it.each([
    ['another realm', challenge(401, md5.replace('carrier.example', 'evil.example')), 'realm "evil.example"'],
    ['an unknown scheme', challenge(401, 'realm="carrier.example"'), 'answered are carrier.example'],
  ])('answers no challenge of %s', async (_, asked, detail) => {
    const edge = new ScriptedEdge(asked);
    const result = await attempt(edge);
    expect(result).toMatchObject({ isFinal: true, problem: { fault: 'challenge-refused' } });
    expect(JSON.stringify(result)).toContain(JSON.stringify(detail).slice(1, -1));
    expect(edge.asks).toHaveLength(1);
  });

  it('takes the hosts that the trunk names for its realms where it says none', async () => {
    const own = await trunkOf({ ...carrier, auth: { username: 'acct', password: 'x' } });
    const fits = 'realm="sip.carrier.example", nonce="n"';
    expect(await attempt(new ScriptedEdge(challenge(401, fits), ok), 600, own)).toMatchObject({
      granted: 600,
    });
    expect(await attempt(new ScriptedEdge(challenge(401, md5), ok), 600, own)).toMatchObject({
      isFinal: true,
    });
  });

  it('asks for longer where that is wanted, once', async () => {
    const brief = (least: string) => ({
      status: 423,
      reason: 'Interval Too Brief',
      headers: [{ name: 'Min-Expires', value: least }],
    });
    expect(await attempt(new ScriptedEdge(brief('900'), ok))).toMatchObject({ asked: 900, granted: 600 });
    expect(await attempt(new ScriptedEdge(brief('900')))).toMatchObject({ isFinal: false });
    expect(await attempt(new ScriptedEdge(brief('4000000')))).toMatchObject({ isFinal: false });
  });

  it.each([
    [
      { status: 503, reason: 'Busy', headers: [{ name: 'Retry-After', value: '30 (later)' }] },
      false,
      'registrar-refused',
      30,
    ],
    [{ status: 403, reason: 'Forbidden' }, true, 'registrar-forbids', undefined],
    [{ status: 404, reason: 'Not Found' }, true, 'registrar-refused', undefined],
    [{ status: 603, reason: 'Decline' }, true, 'registrar-refused', undefined],
    [{ status: 408, reason: '' }, false, 'registrar-silent', undefined],
    [{ status: 500, fault: 'resolver-silent', detail: 'x' }, false, 'registrar-silent', undefined],
  ])('%j is what it is', async (said, isFinal, fault, retryAfter) => {
    const result = await attempt(new ScriptedEdge(said));
    expect(result).toMatchObject({ isFinal, problem: { fault } });
    expect('retryAfter' in result ? result.retryAfter : undefined).toBe(retryAfter);
  });

  it('notices that the registrar has other contacts than ours (W-19)', async () => {
    const other = {
      status: 200,
      reason: 'OK',
      headers: [{ name: 'Contact', value: '<sip:acct@198.51.100.7:1024>;expires=60' }],
    };
    expect(await attempt(new ScriptedEdge(other))).toMatchObject({ foreign: 'sip:acct@198.51.100.7:1024' });
    expect(await attempt(new ScriptedEdge(ok))).not.toHaveProperty('foreign');
  });
});
