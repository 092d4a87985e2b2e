import { placesOf } from './places.ts';
import type { ConfigurationSource } from './source.ts';
import { Watcher } from './watcher.ts';

export interface FilesOptions<T> {
  readonly folder: string;
  readonly load: (folder: string) => Promise<T>;
  /** Tells snapshots apart: saving a file unchanged is no change. */
  readonly version: (snapshot: T) => string;
}

/** A change is loaded when nothing has happened for so many milliseconds. */
const quietMs = 50;
/** It is loaded after so many anyway. */
const patienceMs = 250;
/** How often the tree may turn out to have grown while it was looked at. */
const maxSurveys = 10;

/** A folder of files and all folders in it, watched. What begins with a dot is left alone. */
export class FilesSource<T> implements ConfigurationSource<T> {
  readonly #options: FilesOptions<T>;
  readonly #watcher = new Watcher(() => this.#schedule());
  readonly #changeListeners: ((snapshot: T) => void)[] = [];
  readonly #faultListeners: ((fault: Error) => void)[] = [];
  /** Of the snapshot in force; undefined after a rejected change. */
  #version: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When what has changed is to be loaded at the latest. */
  #deadline = Number.POSITIVE_INFINITY;
  #loading: Promise<unknown> | undefined;
  #again = false;
  #closed = false;

  constructor(options: FilesOptions<T>) {
    this.#options = options;
  }

  onChange(listener: (snapshot: T) => void): void {
    this.#changeListeners.push(listener);
  }

  onFault(listener: (fault: Error) => void): void {
    this.#faultListeners.push(listener);
  }

  async start(): Promise<T> {
    try {
      const snapshot = await this.#alone(this.#load());
      this.#version = this.#options.version(snapshot);
      return snapshot;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#loading;
    this.#watcher.close();
  }

  #schedule(): void {
    if (this.#closed) return;
    const now = performance.now();
    this.#deadline = Math.min(this.#deadline, now + patienceMs);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#due(), Math.min(quietMs, this.#deadline - now));
  }

  #due(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
    if (this.#loading) this.#again = true;
    else void this.#alone(this.#reload());
  }

  /** One load at a time: what happens meanwhile is loaded behind it. */
  async #alone<R>(load: Promise<R>): Promise<R> {
    this.#loading = load.catch(() => undefined);
    try {
      return await load;
    } finally {
      this.#loading = undefined;
      if (this.#again) this.#schedule();
      this.#again = false;
    }
  }

  async #reload(): Promise<void> {
    const result = await this.#load().then(
      (snapshot) => ({ snapshot }),
      (error: Error) => ({ error }),
    );
    if (this.#closed) return;
    if ('error' in result) this.#reject(result.error);
    else this.#accept(result.snapshot);
  }

  #accept(snapshot: T): void {
    const version = this.#options.version(snapshot);
    if (version === this.#version) return;
    this.#version = version;
    for (const listener of this.#changeListeners) listener(snapshot);
  }

  #reject(error: Error): void {
    this.#version = undefined;
    for (const listener of this.#faultListeners) listener(error);
  }

  /** Watches first: whatever changes while the files are read is read again. */
  async #load(): Promise<T> {
    const { folder, load } = this.#options;
    for (let surveys = 0; surveys < maxSurveys; surveys++) {
      if (!(await this.#watcher.move(await placesOf(folder)))) break;
    }
    return load(folder);
  }
}
