import { isDeepStrictEqual } from 'node:util';
import type { Documents } from './compliance.ts';
import type { ConfigurationSource } from './source.ts';

/** What a source has told so far, and what a test waits for. */
export class Told {
  readonly changes: Documents[] = [];
  readonly faults: string[] = [];
  #wake = (): void => undefined;

  constructor(source: ConfigurationSource<Documents>) {
    source.onChange((documents) => {
      this.changes.push(documents);
      this.#wake();
    });
    source.onFault(({ message }) => {
      this.faults.push(message);
      this.#wake();
    });
  }

  /** Waits until the last change is this one. */
  change(expected: Documents): Promise<void> {
    return this.#until(() => isDeepStrictEqual(this.changes.at(-1), expected));
  }

  /** Waits until the last fault is this one. */
  fault(expected: string): Promise<void> {
    return this.#until(() => this.faults.at(-1) === expected);
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }
}
