import { PATIENCE } from './deadline.ts';

const SHOWN = 20;

interface Waiter<T> {
  readonly what: string;
  readonly match: (item: T) => boolean;
  readonly resolve: (item: T) => void;
  readonly reject: (error: Error) => void;
}

/** What arrived from a peer, in order; each item is handed to one taker, whether it came before or after the asking. */
export class Inbox<T> {
  readonly #owner: string;
  readonly #show: (item: T) => string;
  readonly #items: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  #closed: string | undefined;

  constructor(owner: string, show: (item: T) => string) {
    this.#owner = owner;
    this.#show = show;
  }

  put(item: T): void {
    const waiter = [...this.#waiters].find(({ match }) => match(item));
    if (waiter) this.#waiters.delete(waiter);
    if (waiter) waiter.resolve(item);
    else this.#items.push(item);
  }

  /** Nothing more will come: everyone who still waits, now or later, is told `reason` at once. */
  close(reason: string): void {
    this.#closed ??= reason;
    for (const waiter of this.#waiters) waiter.reject(this.#missing(waiter.what, this.#closed));
  }

  /** The first item that matches. Rejects after `ms` milliseconds, naming `what` was awaited and what came instead. */
  async take(what: string, match: (item: T) => boolean, ms: number = PATIENCE): Promise<T> {
    const index = this.#items.findIndex(match);
    if (index >= 0) return this.#items.splice(index, 1)[0] as T;
    if (this.#closed) throw this.#missing(what, this.#closed);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiter = { what, match, resolve, reject };
    const timer = setTimeout(() => reject(this.#missing(what, `within ${ms} ms`)), ms);
    this.#waiters.add(waiter);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    });
  }

  /** Forgets what nobody took, or the part of it that matches, and returns that. */
  drain(match: (item: T) => boolean = () => true): T[] {
    const [drained, kept] = [this.#items.filter(match), this.#items.filter((item) => !match(item))];
    this.#items.splice(0, this.#items.length, ...kept);
    return drained;
  }

  #missing(what: string, why: string): Error {
    const came = this.#items.slice(-SHOWN).map((item) => `  ${this.#show(item)}`);
    return new Error([`${this.#owner}: no ${what} (${why}); what came instead:`, ...came].join('\n'));
  }
}
