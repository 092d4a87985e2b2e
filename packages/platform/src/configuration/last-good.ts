import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Source } from '@tandem/resource';
import type { Log } from '../log.ts';

/** The documents that were accepted last, in a file: for a start while the store is away. */
export class LastGood {
  readonly #path: string;
  readonly #log: Log;
  #next: readonly Source[] | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** Undefined when there are none, or none that can be read. */
  async read(): Promise<readonly Source[] | undefined> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as readonly Source[];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.#log.warn({ err: error }, 'the last configuration cannot be read');
      return undefined;
    }
  }

  /** Writes behind the caller's back; of several at once the last. */
  keep(sources: readonly Source[]): void {
    this.#next = sources;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (let sources = this.#next; sources; sources = this.#next) {
      this.#next = undefined;
      try {
        // Passwords are in it.
        await writeFile(`${this.#path}.new`, JSON.stringify(sources), { mode: 0o600 });
        await rename(`${this.#path}.new`, this.#path);
      } catch (error) {
        this.#log.warn({ err: error }, 'the configuration could not be kept for a start without etcd');
      }
    }
  }
}
