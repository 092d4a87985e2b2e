export interface ReloaderOptions<T> {
  readonly load: () => Promise<T>;
  /** Tells snapshots apart: the same again is no change. */
  readonly version: (snapshot: T) => string;
}

/** Loads one snapshot after the other and tells what is new: what every source of configuration has to do. */
export class Reloader<T> {
  readonly #options: ReloaderOptions<T>;
  readonly #changeListeners: ((snapshot: T) => void)[] = [];
  readonly #faultListeners: ((fault: Error) => void)[] = [];
  /** Of the snapshot in force; undefined after a rejected change. */
  #version: string | undefined;
  #loading: Promise<unknown> | undefined;
  #again = false;
  #closed = false;

  constructor(options: ReloaderOptions<T>) {
    this.#options = options;
  }

  onChange(listener: (snapshot: T) => void): void {
    this.#changeListeners.push(listener);
  }

  onFault(listener: (fault: Error) => void): void {
    this.#faultListeners.push(listener);
  }

  /** The first snapshot, which is told to nobody else. */
  async first(): Promise<T> {
    const snapshot = await this.#alone(this.#options.load());
    this.begin(snapshot);
    return snapshot;
  }

  /** Takes a snapshot from elsewhere for the one in force. */
  begin(snapshot: T): void {
    this.#version = this.#options.version(snapshot);
  }

  /** Loads; what happens while a load is under way is loaded behind it. */
  reload(): void {
    if (this.#closed) return;
    if (this.#loading) this.#again = true;
    else void this.#alone(this.#reload());
  }

  /** Tells why there is no new snapshot. */
  reject(error: Error): void {
    if (this.#closed) return;
    this.#version = undefined;
    for (const listener of this.#faultListeners) listener(error);
  }

  /** Nothing is told afterwards; resolves when nothing is loaded any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#loading;
  }

  async #alone<R>(load: Promise<R>): Promise<R> {
    this.#loading = load.catch(() => undefined);
    try {
      return await load;
    } finally {
      this.#loading = undefined;
      if (this.#again) setImmediate(() => this.reload());
      this.#again = false;
    }
  }

  async #reload(): Promise<void> {
    try {
      this.#accept(await this.#options.load());
    } catch (error) {
      this.reject(error as Error);
    }
  }

  #accept(snapshot: T): void {
    const version = this.#options.version(snapshot);
    if (this.#closed || version === this.#version) return;
    this.#version = version;
    for (const listener of this.#changeListeners) listener(snapshot);
  }
}
