/** What a write-behind is made of. */
export interface WriteBehindParts {
  /** Writes what there is to write under a key; rejects while that cannot be done. */
  readonly write: (key: string) => Promise<void>;
  /** Told of a key that was given up: there were too many (`overflow`), or it could not be written for too long. */
  readonly dropped: (key: string, why: 'overflow' | 'overdue') => void;
  /** Told of the first failure of a row. */
  readonly failed: (error: unknown) => void;
  readonly now: () => number;
}

/** Keys that wait at most. */
const capacity = 100_000;
/** Writes at a time. */
const width = 64;
/** Milliseconds that a key is tried for. */
const patience = 10 * 60_000;
/** Milliseconds between two tries while the store is away. */
const pauses = { first: 50, longest: 2_000 };

/**
 * Writes behind the back of those who go on: what is asked for under one key before its write begins is one write, and
 * the writes of a key follow each other. While a write fails, one is tried at a time, ever more slowly.
 */
export class WriteBehind {
  readonly #parts: WriteBehindParts;
  /** Since when each key waits. */
  readonly #waiting = new Map<string, number>();
  readonly #busy = new Map<string, Promise<void>>();
  #planned = false;
  #pause = 0;
  #rest: NodeJS.Timeout | undefined;

  constructor(parts: WriteBehindParts) {
    this.#parts = parts;
  }

  /** Keys that wait, or are being written. */
  get size(): number {
    return this.#waiting.size + this.#busy.size;
  }

  /** Whether the store has failed last. */
  get isAway(): boolean {
    return this.#pause > 0;
  }

  /** Writes a key soon. False when there is no room: what it stood for is dropped. */
  push(key: string): boolean {
    if (!this.#waiting.has(key)) {
      if (this.#waiting.size >= capacity) {
        this.#parts.dropped(key, 'overflow');
        return false;
      }
      this.#waiting.set(key, this.#parts.now());
    }
    this.#plan();
    return true;
  }

  /** Resolves when the write that has begun, if any, is over; one that waits is not made. */
  async cancel(key: string): Promise<void> {
    this.#waiting.delete(key);
    await this.#busy.get(key);
    this.#waiting.delete(key);
  }

  /** Resolves when nothing waits, or what waits cannot be written now. */
  async settled(): Promise<void> {
    while (this.size > 0 && !this.isAway) {
      if (this.#busy.size > 0) await Promise.all(this.#busy.values());
      else await new Promise(setImmediate);
    }
  }

  #plan(): void {
    if (this.#planned || this.#rest) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#begin();
    });
  }

  #begin(): void {
    for (const [key, since] of this.#waiting) {
      if (this.#busy.size >= (this.isAway ? 1 : width)) return;
      if (this.#busy.has(key)) continue;
      this.#waiting.delete(key);
      this.#busy.set(key, this.#write(key, since));
    }
  }

  async #write(key: string, since: number): Promise<void> {
    const failure = await this.#parts.write(key).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    this.#busy.delete(key);
    if (failure) this.#failed(key, since, failure.error);
    else this.#pause = 0;
    if (this.#waiting.size > 0) this.#plan();
  }

  #failed(key: string, since: number, error: unknown): void {
    if (this.#parts.now() - since >= patience) this.#parts.dropped(key, 'overdue');
    else this.#waiting.set(key, Math.min(since, this.#waiting.get(key) ?? since));
    // Those that were under way together have failed together.
    if (this.#rest) return;
    if (!this.isAway) this.#parts.failed(error);
    this.#pause = Math.min(Math.max(this.#pause * 2, pauses.first), pauses.longest);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#plan();
    }, this.#pause).unref();
  }
}
