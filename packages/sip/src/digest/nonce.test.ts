import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hmac, hmacKey } from './hmac.ts';
import { checkNonce, issueNonce, type NonceScope } from './nonce.ts';

const now = 1_800_000_000_000;
const scope: NonceScope = { algorithm: 'MD5', realm: 'acme.example' };
const key = hmacKey('the secret of the cluster');
const nonce = issueNonce(key, scope, 'call-1', now);

describe('hmac', () => {
  it.each(['', 'short', 'x'.repeat(500), 'Þórr'])('is HMAC-SHA-256 under the hashed secret: %s', (text) => {
    const secret = createHash('sha256').update('the secret of the cluster').digest('hex');
    expect(hmac(key, text)).toBe(createHmac('sha256', secret).update(text).digest('base64url'));
  });
});

describe('a nonce', () => {
  it('is fresh on every node that has the secret', () => {
    const elsewhere = hmacKey(Buffer.from('the secret of the cluster'));
    expect(checkNonce(elsewhere, nonce, scope, 300_000, now + 299_999)).toEqual({
      state: 'fresh',
      id: nonce.slice(0, 20),
      expiresAt: now + 300_000,
    });
  });

  it('is stale when its lifetime is over', () => {
    expect(checkNonce(key, nonce, scope, 300_000, now + 300_000)).toEqual({ state: 'stale' });
  });

  const forged: [string, string, NonceScope][] = [
    ['another realm', nonce, { ...scope, realm: 'other.example' }],
    ['another algorithm', nonce, { ...scope, algorithm: 'SHA-256' }],
    ['a later time of issue', `z${nonce.slice(1)}`, scope],
    ['another id', `${nonce.slice(0, 12)}00000000${nonce.slice(20)}`, scope],
    ['another MAC', `${nonce.slice(0, -1)}${nonce.endsWith('A') ? 'B' : 'A'}`, scope],
    ['a cut MAC', nonce.slice(0, -1), scope],
    ['text behind the MAC', `${nonce}A`, scope],
    ['nothing', '', scope],
    ['bytes outside ASCII', `${nonce.slice(0, -1)}é`, scope],
  ];
  it.each(forged)('is forged with %s', (_, text, used) => {
    expect(checkNonce(key, text, used, 300_000, now)).toEqual({ state: 'forged' });
  });

  it('is forged under another key', () => {
    expect(checkNonce(hmacKey('other'), nonce, scope, 300_000, now)).toEqual({ state: 'forged' });
  });

  it('differs by seed within a millisecond', () => {
    expect(issueNonce(key, scope, 'call-2', now).slice(0, 20)).not.toBe(nonce.slice(0, 20));
  });

  it('needs no quoting', () => {
    expect(nonce).toMatch(/^[\w-]{42}$/);
  });
});
