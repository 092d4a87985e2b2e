/** Keys by the second in which they are due. A key costs one slot of an array. */
export class DeadlineQueue {
  readonly #seconds = new Map<number, string[]>();
  /** Nothing is due before this second. */
  #first = Number.POSITIVE_INFINITY;

  add(key: string, second: number): void {
    const keys = this.#seconds.get(second);
    if (keys) keys.push(key);
    else this.#seconds.set(second, [key]);
    this.#first = Math.min(this.#first, second);
  }

  /** Takes out the keys of all seconds before `end`. */
  take(end: number): string[] {
    const taken: string[] = [];
    for (const second of this.#over(end)) {
      for (const key of this.#seconds.get(second)!) taken.push(key);
      this.#seconds.delete(second);
    }
    this.#first = this.#seconds.size === 0 ? Number.POSITIVE_INFINITY : Math.max(this.#first, end);
    return taken;
  }

  /** The seconds before `end` that hold something: counted through when they are few, else sought among all. */
  #over(end: number): number[] {
    if (end - this.#first > this.#seconds.size) {
      return [...this.#seconds.keys()].filter((second) => second < end);
    }
    const over: number[] = [];
    for (let second = this.#first; second < end; second++) {
      if (this.#seconds.has(second)) over.push(second);
    }
    return over;
  }
}
