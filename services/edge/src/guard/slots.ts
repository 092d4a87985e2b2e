import { scatter } from '@tandem/platform';

/** Places in which one key may stand. */
const ways = 4;
const free = -1;

/**
 * Places for so many keys and no more. Where a key stands follows from it and from a number that nobody outside
 * knows; of the four places that it may have the one makes room that matters least.
 */
export class Slots {
  readonly #keys: Float64Array;
  readonly #sets: number;
  readonly #seed: number;

  /** `capacity` is a power of two. */
  constructor(capacity: number, seed: number) {
    this.#keys = new Float64Array(capacity).fill(free);
    this.#sets = capacity / ways;
    this.#seed = seed;
  }

  /** The place of a key; -1 when it has none. */
  find(key: number): number {
    const first = this.#first(key);
    for (let slot = first; slot < first + ways; slot++) if (this.#keys[slot] === key) return slot;
    return free;
  }

  /** A place for a key that has none: what stood there is forgotten. The lowest `worth` matters least. */
  claim(key: number, worth: Readonly<Float64Array>): number {
    const first = this.#first(key);
    let chosen = first;
    for (let slot = first + 1; slot < first + ways; slot++) if (worth[slot]! < worth[chosen]!) chosen = slot;
    this.#keys[chosen] = key;
    return chosen;
  }

  #first(key: number): number {
    const hash = scatter(key ^ (key / 2 ** 32) ^ this.#seed);
    return (hash % this.#sets) * ways;
  }
}
