import { placesOf } from './places.ts';
import { Reloader } from './reloader.ts';
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
  readonly #reloader: Reloader<T>;
  #timer: NodeJS.Timeout | undefined;
  /** When what has changed is to be loaded at the latest. */
  #deadline = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(options: FilesOptions<T>) {
    this.#options = options;
    this.#reloader = new Reloader({ load: () => this.#load(), version: options.version });
  }

  onChange(listener: (snapshot: T) => void): void {
    this.#reloader.onChange(listener);
  }

  onFault(listener: (fault: Error) => void): void {
    this.#reloader.onFault(listener);
  }

  async start(): Promise<T> {
    try {
      return await this.#reloader.first();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#reloader.close();
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
    this.#reloader.reload();
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
