import { describe, expect, it } from 'vitest';
import { parseChallenge, writeChallenge } from './challenge.ts';

describe('parseChallenge', () => {
  it('reads a challenge of RFC 7616 §3.9.1', () => {
    const text = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256,
      nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
    expect(parseChallenge(text)).toEqual({
      realm: 'http-auth@example.org',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
      algorithm: 'SHA-256',
      session: false,
      stale: false,
      qop: ['auth', 'auth-int'],
    });
  });

  it('takes MD5 without qop when nothing else is said (RFC 2069)', () => {
    expect(parseChallenge('Digest realm="a", nonce="b", stale=TRUE')).toEqual({
      realm: 'a',
      nonce: 'b',
      algorithm: 'MD5',
      session: false,
      stale: true,
      qop: [],
    });
  });

  it.each([
    'Digest realm="a"',
    'Digest nonce="b"',
    'Digest realm="a", nonce="b", algorithm=AKAv1-MD5',
    'NTLM x=y',
  ])('refuses %s', (text) => expect(parseChallenge(text)).toBeUndefined());

  it('reads what writeChallenge wrote', () => {
    const challenge = { realm: 'acme.example', nonce: 'n', algorithm: 'SHA-256', stale: true } as const;
    expect(parseChallenge(writeChallenge(challenge))).toEqual({
      ...challenge,
      session: false,
      qop: ['auth'],
    });
  });
});
