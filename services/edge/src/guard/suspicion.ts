import { fnv, scatter } from '@tandem/platform';
import { Slots } from './slots.ts';

/** Points at which a source is banned, and milliseconds in which all of them would be forgotten. */
const banAt = 100;
const forgetMs = 600_000;
const pointMs = forgetMs / banAt;

/**
 * What a signal counts. An office with phones behind one address shall not be banned for one of them that has a wrong
 * password: the same name again counts little, less than is forgotten when it comes every ten seconds. Ten names in
 * ten minutes are no phone any more, nor are a hundred passwords for one.
 */
export const points = {
  /** Credentials that prove nothing, or a domain that nobody has, in a name that was not seen to fail lately. */
  newName: 10,
  /** The same in a name that has failed before. */
  sameName: 1,
  /** A request beyond those that a stranger may have challenged without ever answering. */
  unanswered: 1,
  malformed: 2,
  /** A scanner's name, from where a user has just proven itself. */
  scannerAmongUsers: 10,
} as const;

/** Challenges that a source may leave unanswered at once, and milliseconds until it may have another one. */
const strangerBurst = 10;
const strangerMs = 6_000;

/** Milliseconds for which a source counts as one that users are at, after one of them has proven itself. */
export const trustMs = 3_600_000;

const capacity = 65_536;

/** What is remembered of sources that have not proven themselves, in memory that never grows. */
export class Suspicion {
  readonly #slots: Slots;
  /** When all points will be forgotten, in milliseconds since 1970. */
  readonly #clearAt: Float64Array;
  /** When all challenges that a stranger may leave unanswered are there again. */
  readonly #creditAt: Float64Array;
  /** Until when users are known to be there. */
  readonly #provenUntil: Float64Array;
  /** The latest of these moments: what matters least is over first. */
  readonly #worth: Float64Array;
  /** A bit for each name that has failed; names may share one. */
  readonly #names: Int32Array;
  /** Signals since the last proof. */
  readonly #counts: Uint32Array;

  constructor(seed: number, size: number = capacity) {
    this.#slots = new Slots(size, seed);
    this.#clearAt = new Float64Array(size);
    this.#creditAt = new Float64Array(size);
    this.#provenUntil = new Float64Array(size);
    this.#worth = new Float64Array(size);
    this.#names = new Int32Array(size);
    this.#counts = new Uint32Array(size);
  }

  /** Whether a user has proven itself from there within the last hour. */
  isProven(key: number, now: number): boolean {
    const slot = this.#slots.find(key);
    return slot !== -1 && this.#provenUntil[slot]! > now;
  }

  /** A user has proven itself: whatever came from there before is forgiven. */
  proven(key: number, now: number): void {
    const slot = this.#slot(key);
    this.#clearAt[slot] = 0;
    this.#creditAt[slot] = 0;
    this.#names[slot] = 0;
    this.#counts[slot] = 0;
    this.#provenUntil[slot] = now + trustMs;
    this.#weigh(slot);
  }

  /** Whether a source may have one more request challenged: users may, and strangers a few. */
  mayAsk(key: number, now: number): boolean {
    const slot = this.#slots.find(key);
    if (slot === -1 || this.#provenUntil[slot]! > now) return true;
    return this.#creditAt[slot]! - now <= (strangerBurst - 1) * strangerMs;
  }

  /** A request was challenged; whether the answer comes is not known yet. */
  challenged(key: number, now: number): void {
    const slot = this.#slot(key);
    this.#creditAt[slot] = Math.max(this.#creditAt[slot]!, now) + strangerMs;
    this.#weigh(slot);
  }

  /** Something failed in a name; returns the number of signals when that is enough for a ban, or 0. */
  failed(key: number, name: string, now: number): number {
    const slot = this.#slot(key);
    if (this.#clearAt[slot]! <= now) this.#names[slot] = 0;
    const bit = 1 << (scatter(fnv(name)) & 31);
    const isNew = (this.#names[slot]! & bit) === 0;
    this.#names[slot]! |= bit;
    return this.#add(slot, isNew ? points.newName : points.sameName, now);
  }

  /** As {@link failed}, for a signal without a name. */
  count(key: number, weight: number, now: number): number {
    return this.#add(this.#slot(key), weight, now);
  }

  /** Begins anew, as after a ban. */
  forget(key: number): void {
    const slot = this.#slots.find(key);
    if (slot !== -1) this.#empty(slot);
  }

  #add(slot: number, weight: number, now: number): number {
    const clearAt = Math.max(this.#clearAt[slot]!, now) + weight * pointMs;
    this.#clearAt[slot] = clearAt;
    this.#counts[slot]!++;
    this.#weigh(slot);
    return clearAt - now > forgetMs - pointMs ? this.#counts[slot]! : 0;
  }

  #slot(key: number): number {
    const known = this.#slots.find(key);
    if (known !== -1) return known;
    const slot = this.#slots.claim(key, this.#worth);
    this.#empty(slot);
    return slot;
  }

  #empty(slot: number): void {
    this.#clearAt[slot] = 0;
    this.#creditAt[slot] = 0;
    this.#provenUntil[slot] = 0;
    this.#names[slot] = 0;
    this.#counts[slot] = 0;
    this.#weigh(slot);
  }

  #weigh(slot: number): void {
    this.#worth[slot] = Math.max(this.#clearAt[slot]!, this.#creditAt[slot]!, this.#provenUntil[slot]!);
  }
}
