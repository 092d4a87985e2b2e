import { setTimeout as delay } from 'node:timers/promises';

/** Runs work at a bounded pace: what takes long makes room for the next after a while. */
export class Burst {
  readonly #width: number;
  readonly #patience: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;

  /** `width` at a time; each counts for `patience` milliseconds at most. */
  constructor(width: number, patience: number) {
    this.#width = width;
    this.#patience = patience;
  }

  /** `work` must not reject. */
  run(work: () => Promise<void>): void {
    this.#waiting.push(work);
    this.#next();
  }

  #next(): void {
    while (this.#running < this.#width) {
      const work = this.#waiting.shift();
      if (!work) return;
      this.#running++;
      void Promise.race([work(), delay(this.#patience, undefined, { ref: false })]).then(() => {
        this.#running--;
        this.#next();
      });
    }
  }
}
