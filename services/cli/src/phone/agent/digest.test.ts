import {
  composeRequest,
  type DigestAlgorithm,
  parseMessage,
  respond,
  SipRequest,
  SipResponse,
} from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import type { Account } from '../account.ts';
import { Digest } from './digest.ts';

const account: Account = { user: 'a', domain: 'acme.example', password: 'secret' };

function request(method = 'REGISTER'): SipRequest {
  const headers = [
    ['Via', 'SIP/2.0/UDP a.example;branch=z9hG4bK1'],
    ['CSeq', `1 ${method}`],
  ] as const;
  return read(SipRequest, composeRequest({ method, uri: 'sip:acme.example', headers }));
}

function challenge(status: 401 | 407, ...texts: string[]): SipResponse {
  const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  return read(SipResponse, respond(request(), status, { headers: texts.map((text) => [name, text]) }));
}

function read<T>(kind: new (...args: never[]) => T, text: string): T {
  const message = parseMessage(text);
  if (message instanceof kind) return message;
  throw new Error(`not a ${kind.name}`);
}

const md5 = 'Digest realm="acme.example", nonce="n1", algorithm=MD5, qop="auth"';
const sha256 = 'Digest realm="acme.example", nonce="n2", algorithm=SHA-256, qop="auth"';
const sha512 = 'Digest realm="acme.example", nonce="n3", algorithm=SHA-512-256, qop="auth"';

describe('a digest', () => {
  it.each<[string, string[], readonly DigestAlgorithm[] | undefined, string]>([
    ['the first', [sha256, md5], undefined, 'SHA-256'],
    ['the first that it can', [sha512, md5, sha256], undefined, 'MD5'],
    ['the first that it may', [md5, sha256], ['SHA-256'], 'SHA-256'],
  ])('answers %s of several challenges', (_, challenges, algorithms, algorithm) => {
    const digest = new Digest({ ...account, ...(algorithms ? { algorithms } : {}) });
    digest.learn(challenge(401, ...challenges));
    const authorized = read(SipRequest, digest.authorize(request()));
    expect(authorized.value('Authorization')).toContain(`algorithm=${algorithm}`);
  });

  it('keeps the answers to a registrar and to a proxy apart, and counts each nonce', () => {
    const digest = new Digest({ ...account, authUser: 'auth' });
    digest.learn(challenge(401, md5));
    digest.learn(challenge(407, sha256));
    const counts = [1, 2].map(() => {
      const authorized = read(SipRequest, digest.authorize(request('INVITE')));
      return (['Authorization', 'Proxy-Authorization'] as const).map((name) => authorized.value(name));
    });
    expect(counts).toEqual(
      ['00000001', '00000002'].map((nc) => [
        expect.stringMatching(`^Digest username="auth", .*nonce="n1".*nc=${nc}`),
        expect.stringMatching(`nonce="n2".*nc=${nc}`),
      ]),
    );
  });

  it.each([
    ['of a foreign realm', md5.replace('acme', 'evil'), 'challenge-foreign'],
    ['in an algorithm that is not spoken', sha512, 'challenge-unsupported'],
    ['of another scheme', 'Basic realm="acme.example"', 'challenge-unsupported'],
  ])('refuses a challenge %s, and keeps what it had', (_, text, message) => {
    const digest = new Digest(account);
    digest.learn(challenge(401, md5));
    expect(() => digest.learn(challenge(401, text))).toThrow(message);
    expect(digest.authorize(request())).toContain('nonce="n1"');
  });
});
