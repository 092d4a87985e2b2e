/** Lets so many through in each second of the clock, and no more. */
export class PerSecond {
  readonly #most: number;
  #second = 0;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there is room for one more; `now` is in milliseconds. */
  take(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) this.#count = 0;
    this.#second = second;
    return ++this.#count <= this.#most;
  }
}
