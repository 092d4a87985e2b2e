import { Slots } from './slots.ts';

/** How fast something may go on, and how much of it may come at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A token bucket for each of many keys, in memory that never grows: the bucket of a key that was not seen lately is
 * full, and forgetting one of those changes nothing. Of a bucket only the moment is kept at which it will be full.
 */
export class TokenBuckets {
  readonly #slots: Slots;
  /** In milliseconds since 1970. */
  readonly #fullAt: Float64Array;
  readonly #interval: number;
  readonly #depth: number;

  /** `capacity` is a power of two. */
  constructor(capacity: number, { perSecond, burst }: Rate, seed: number) {
    this.#slots = new Slots(capacity, seed);
    this.#fullAt = new Float64Array(capacity);
    this.#interval = 1_000 / perSecond;
    this.#depth = burst * this.#interval;
  }

  /** Takes a token out; false when there is none. */
  take(key: number, now: number): boolean {
    let slot = this.#slots.find(key);
    if (slot === -1) {
      slot = this.#slots.claim(key, this.#fullAt);
      this.#fullAt[slot] = now;
    }
    const fullAt = Math.max(this.#fullAt[slot]!, now) + this.#interval;
    if (fullAt - now > this.#depth) return false;
    this.#fullAt[slot] = fullAt;
    return true;
  }
}
