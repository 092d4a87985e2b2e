/** Of the calls of an edge, those that stay until something is done about them, and those that go: none is both. */
export class Custody {
  /** By how much each is kept. */
  readonly #kept = new Map<string, number>();
  readonly #going = new Map<string, Promise<void>>();
  #isOver = false;

  /** Does something that no other edge may come between: a call that is being given away is waited for first. */
  async keep<T>(call: string, work: () => Promise<T>): Promise<T> {
    while (this.#going.has(call)) await this.#going.get(call);
    this.#kept.set(call, (this.#kept.get(call) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#letGo(call);
    }
  }

  /** Gives away those that nothing is done about. */
  async give(calls: readonly string[], giving: (free: readonly string[]) => Promise<void>): Promise<void> {
    const free = calls.filter((call) => this.#isFree(call));
    if (free.length === 0) return;
    const gone = giving(free).finally(() => {
      for (const call of free) this.#going.delete(call);
    });
    for (const call of free) this.#going.set(call, gone);
    await gone;
  }

  /** Nothing is kept any more, for the edge stops. */
  end(): void {
    this.#isOver = true;
  }

  #isFree(call: string): boolean {
    return !this.#going.has(call) && (this.#isOver || !this.#kept.has(call));
  }

  #letGo(call: string): void {
    const left = this.#kept.get(call)! - 1;
    if (left > 0) this.#kept.set(call, left);
    else this.#kept.delete(call);
  }
}
