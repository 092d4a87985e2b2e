/** First come, first served, in constant time. */
export class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  put(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head++];
    // What was taken is let go of when it is half of all: each item is moved once at most on the average.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes those that are wanted, in order, out of turn. */
  pick(isWanted: (item: T) => boolean): T[] {
    const waiting = this.#items.slice(this.#head);
    this.#head = 0;
    this.#items = waiting.filter((item) => !isWanted(item));
    return waiting.filter(isWanted);
  }
}
