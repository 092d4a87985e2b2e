/** How many times as long as the last write took nothing is written: a large store must not write all the time. */
const restRatio = 10;

/** Writes after changes: soon after the first, once for all that come meanwhile, never two at a time. */
export class WriteBehind {
  readonly #write: () => Promise<void>;
  readonly #delayMs: number;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #dirty = false;
  #restMs = 0;

  constructor(write: () => Promise<void>, delayMs: number, onError: (error: unknown) => void) {
    this.#write = write;
    this.#delayMs = delayMs;
    this.#onError = onError;
  }

  /** Something has changed. */
  touch(): void {
    this.#dirty = true;
    if (this.#timer || this.#running) return;
    this.#timer = setTimeout(() => void this.#run(), Math.max(this.#delayMs, this.#restMs));
    this.#timer.unref();
  }

  /** Writes what has not been written, and no more afterwards. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
    if (this.#dirty) await this.#attempt();
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#running = this.#attempt();
    await this.#running;
    this.#running = undefined;
    if (this.#dirty) this.touch();
  }

  async #attempt(): Promise<void> {
    this.#dirty = false;
    const started = performance.now();
    try {
      await this.#write();
    } catch (error) {
      this.#dirty = true;
      this.#onError(error);
    }
    this.#restMs = (performance.now() - started) * restRatio;
  }
}
