interface Call {
  readonly since: number;
}

/**
 * What a server has been asked and has not answered. It answers in order, so one timer for the oldest is enough.
 */
export class Outstanding {
  readonly #calls = new Set<Call>();
  readonly #deadlineMs: number;
  readonly #onOverdue: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(deadlineMs: number, onOverdue: () => void) {
    this.#deadlineMs = deadlineMs;
    this.#onOverdue = onOverdue;
  }

  get size(): number {
    return this.#calls.size;
  }

  begin(): Call {
    const call = { since: performance.now() };
    this.#calls.add(call);
    this.#timer ??= setTimeout(() => this.#look(), this.#deadlineMs);
    return call;
  }

  end(call: Call): void {
    this.#calls.delete(call);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** This process may have been late itself, with the answer in its socket: that is read first. */
  #look(): void {
    setImmediate(() => {
      this.#timer = undefined;
      const [oldest] = this.#calls;
      if (!oldest) return;
      const left = oldest.since + this.#deadlineMs - performance.now();
      if (left <= 0) this.#onOverdue();
      else this.#timer = setTimeout(() => this.#look(), left);
    });
  }
}
