import { hash, timingSafeEqual } from 'node:crypto';
import type { DigestAlgorithm } from './algorithm.ts';
import { type HmacKey, hmac } from './hmac.ts';

const timeLength = 8;
const idLength = 20;
const macLength = 22;

/** What a nonce is good for; it cannot be moved to another algorithm or realm (RFC 8760 §2.4 on downgrades). */
export interface NonceScope {
  readonly algorithm: DigestAlgorithm;
  readonly realm: string;
}

/** What a nonce turned out to be. */
export type NonceCheck =
  | {
      readonly state: 'fresh';
      /** Names the nonce where its counts are kept. */
      readonly id: string;
      /** In milliseconds; afterwards the counts may be forgotten. */
      readonly expiresAt: number;
    }
  | { readonly state: 'stale' }
  | { readonly state: 'forged' };

/**
 * A nonce that any holder of the key can check: time of issue, a hash of `seed`, and a MAC over both and the scope.
 * `seed` tells nonces of the same millisecond apart; it need not be random, for the MAC cannot be guessed.
 */
export function issueNonce(key: HmacKey, scope: NonceScope, seed: string, now: number): string {
  const time = Math.max(0, Math.floor(now)).toString(36).padStart(timeLength, '0');
  const id = time + hash('sha256', seed, 'base64url').slice(0, idLength - timeLength);
  return id + mac(key, id, scope);
}

/** Whether a nonce has the form of those that `issueNonce` makes, with whatever key. */
export function looksIssued(nonce: string): boolean {
  return nonce.length === idLength + macLength && /^[0-9a-z]{8}[\w-]+$/.test(nonce);
}

/** Whether a nonce is one of ours for this scope and not older than `lifetime` milliseconds. */
export function checkNonce(
  key: HmacKey,
  nonce: string,
  scope: NonceScope,
  lifetime: number,
  now: number,
): NonceCheck {
  const id = nonce.slice(0, idLength);
  const given = Buffer.from(nonce.slice(idLength));
  const expected = Buffer.from(mac(key, id, scope));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { state: 'forged' };
  const expiresAt = Number.parseInt(id.slice(0, timeLength), 36) + lifetime;
  return expiresAt > now ? { state: 'fresh', id, expiresAt } : { state: 'stale' };
}

function mac(key: HmacKey, id: string, scope: NonceScope): string {
  return hmac(key, `${id}:${scope.algorithm}:${scope.realm}`).slice(0, macLength);
}
