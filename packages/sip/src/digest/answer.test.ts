import { describe, expect, it } from 'vitest';
import { type Account, answerChallenge } from './answer.ts';
import { writeChallenge } from './challenge.ts';
import { parseCredentials } from './credentials.ts';
import { computeHa1, verifyResponse } from './response.ts';

const account: Account = { username: '1001', password: 'pässword', realm: 'acme.example' };
const request = { method: 'REGISTER', uri: 'sip:acme.example', cnonce: 'c', nonceCount: 10 };
const md5 = writeChallenge({ realm: 'acme.example', nonce: 'n', algorithm: 'MD5', stale: false });
const sha = writeChallenge({ realm: 'acme.example', nonce: 'm', algorithm: 'SHA-256', stale: false });
const unknown = md5.replace('MD5', 'SHA-512-256');
const foreign = md5.replace('acme.example', 'evil.example');

function answer(challenges: string[], as: Account = account) {
  return parseCredentials(answerChallenge(challenges, as, request))!;
}

describe('answerChallenge', () => {
  it('proves the password', () => {
    const credentials = answer([md5]);
    const ha1 = computeHa1('MD5', '1001', 'acme.example', 'pässword');
    expect(credentials).toMatchObject({
      username: '1001',
      uri: 'sip:acme.example',
      nc: '0000000a',
      qop: 'auth',
    });
    expect(verifyResponse(credentials, { method: 'REGISTER', ha1 })).toBe(true);
  });

  const picks: [string, string[], string][] = [
    ['the topmost challenge', [sha, md5], 'SHA-256'],
    ['the topmost challenge, though it is the weaker', [md5, sha], 'MD5'],
    ['the first that it can answer', [unknown, 'Basic realm="a"', md5], 'MD5'],
    ['its own realm among others', [foreign, sha], 'SHA-256'],
  ];
  it.each(picks)('answers %s', (_, challenges, algorithm) => {
    expect(answer(challenges).algorithm).toBe(algorithm);
  });

  it('answers a -sess challenge in kind', () => {
    const credentials = answer([md5.replace('MD5', 'MD5-sess')]);
    const ha1 = computeHa1('MD5', '1001', 'acme.example', 'pässword');
    expect(credentials.algorithm).toBe('MD5-sess');
    expect(verifyResponse(credentials, { method: 'REGISTER', ha1 })).toBe(true);
  });

  it('answers a server of RFC 2069 without qop, and echoes opaque', () => {
    const credentials = answer(['Digest realm="acme.example", nonce="n", opaque="o"']);
    expect(credentials).toMatchObject({ opaque: 'o' });
    expect(credentials.qop).toBeUndefined();
  });

  it('never answers a foreign realm', () => {
    expect(() => answer([foreign])).toThrow('challenge-foreign: realm "evil.example"');
  });

  it('answers any realm when it is told to', () => {
    expect(answer([foreign], { ...account, realm: { any: true } }).realm).toBe('evil.example');
  });

  it.each([[unknown], [md5.replace('"auth"', '"auth-int"')], ['garbage']])(
    'cannot answer %s',
    (challenge) => {
      expect(() => answer([challenge])).toThrow('challenge-unsupported');
    },
  );
});
