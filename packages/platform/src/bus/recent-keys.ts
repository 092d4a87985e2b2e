import { ExpiringMap } from '../expiring-map.ts';
import { keyWindowMs } from './bus.ts';

/** The idempotency keys of the last two minutes; beyond the capacity the oldest are forgotten. */
export class RecentKeys {
  readonly #capacity: number;
  readonly #seen = new ExpiringMap<true>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether the key is new; from now on it is not. */
  claim(key: string, now: number): boolean {
    this.#seen.expire(now);
    if (this.#seen.get(key, now)) return false;
    if (this.#seen.size >= this.#capacity) this.#seen.evictEarliest();
    this.#seen.set(key, true, now + keyWindowMs);
    return true;
  }
}
