import { ExpiringMap } from '../expiring-map.ts';
import { maxNonceCount, type NonceCounts, nonceWindow } from './nonce-counts.ts';

interface Used {
  highest: number;
  /** Bit n: the count `highest - n` has been used. */
  bits: number;
  /** Who claimed the highest count. */
  claimant: string | undefined;
}

/** Nonce counts of one process. */
export class MemoryNonceCounts implements NonceCounts {
  readonly #capacity: number;
  readonly #nonces = new ExpiringMap<Used>();
  /** Nonces that expire before this may have been forgotten. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  /** `capacity` in nonces. */
  constructor(capacity = 500_000) {
    this.#capacity = capacity;
  }

  async claim(
    nonceId: string,
    count: number,
    expiresAt: number,
    now: number,
    claimant?: string,
  ): Promise<boolean> {
    if (expiresAt <= now || !Number.isInteger(count) || count < 1 || count > maxNonceCount) return false;
    this.#nonces.expire(now);
    const used = this.#nonces.get(nonceId, now);
    return used ? advance(used, count, claimant) : this.#enter(nonceId, count, expiresAt, claimant);
  }

  /**
   * When there is no room, the nonces that expire first are forgotten. A nonce that may be one of them is refused:
   * its user is challenged once more, and nobody can use its counts again.
   */
  #enter(nonceId: string, count: number, expiresAt: number, claimant: string | undefined): boolean {
    if (this.#nonces.size >= this.#capacity) this.#forgottenUntil = this.#nonces.evictEarliest();
    if (expiresAt < this.#forgottenUntil) return false;
    this.#nonces.set(nonceId, { highest: count, bits: 1, claimant }, expiresAt);
    return true;
  }
}

/** A sliding window (RFC 4303 §3.4.3). */
function advance(used: Used, count: number, claimant: string | undefined): boolean {
  const ahead = count - used.highest;
  if (ahead > 0) {
    used.bits = ahead < nonceWindow ? (used.bits << ahead) | 1 : 1;
    used.highest = count;
    used.claimant = claimant;
    return true;
  }
  if (ahead === 0 && claimant !== undefined && used.claimant === claimant) return true;
  const bit = 1 << -ahead;
  if (-ahead >= nonceWindow || (used.bits & bit) !== 0) return false;
  used.bits |= bit;
  return true;
}
