import type { Log } from '../log.ts';
import type { MembershipChange } from './membership.ts';

/** Those who want to know. */
export class ChangeListeners {
  readonly #log: Log;
  readonly #listeners = new Set<(change: MembershipChange) => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: (change: MembershipChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One that throws is logged, and the others are told all the same. */
  tell(change: MembershipChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#log.error({ err: error, ...change }, 'a listener to the membership failed');
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
