import type { Fields } from './stored.ts';

interface Seen {
  /** Fields and values in one text: as a list they would take twice the memory. */
  readonly text: string;
  /** The second in which it was seen. */
  readonly at: number;
}

/** What this process has seen last of addresses of record; of too many the longest unseen are forgotten. */
export class RecentRegistrations {
  readonly #capacity: number;
  readonly #seen = new Map<string, Seen>();

  /** `capacity` in addresses of record. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#seen.size;
  }

  set(aor: string, fields: Fields, now: number): void {
    this.#seen.delete(aor);
    this.#seen.set(aor, { text: fields.join('\n'), at: Math.floor(now / 1_000) });
    if (this.#seen.size > this.#capacity) this.#seen.delete(this.#seen.keys().next().value as string);
  }

  /** What was seen, not longer ago than `withinMs`. */
  get(aor: string, now = 0, withinMs: number = Number.POSITIVE_INFINITY): Fields | undefined {
    const seen = this.#seen.get(aor);
    if (!seen || now - seen.at * 1_000 > withinMs) return undefined;
    return seen.text === '' ? [] : seen.text.split('\n');
  }

  delete(aor: string): void {
    this.#seen.delete(aor);
  }
}
