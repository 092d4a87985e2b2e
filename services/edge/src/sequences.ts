/** Runs what concerns the same thing in order, and what concerns different things side by side. */
export class Sequences {
  readonly #last = new Map<string, Promise<void>>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  run(key: string, work: () => Promise<void>): void {
    const before = this.#last.get(key) ?? Promise.resolve();
    const current = before.then(work).catch(this.#failed);
    const done = current.then(() => {
      if (this.#last.get(key) === done) this.#last.delete(key);
    });
    this.#last.set(key, done);
  }

  /** Resolves when all that was asked for is done. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
