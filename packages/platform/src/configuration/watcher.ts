import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Fault } from '@tandem/sip';
import { configurationUnwatchable } from '../faults.ts';
import type { Places } from './places.ts';

interface Watch {
  readonly watcher: FSWatcher;
  /** Tells a folder from another that has taken its place. */
  readonly identity: string;
  names: ReadonlySet<string> | undefined;
}

/** Watches a changing set of folders. */
export class Watcher {
  readonly #onEvent: () => void;
  readonly #watches = new Map<string, Watch>();

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Watches these places and no others. Returns whether one is new: then something may have changed unseen. */
  async move(places: Places): Promise<boolean> {
    for (const folder of this.#watches.keys()) if (!places.has(folder)) this.#end(folder);
    let isNew = false;
    for (const [folder, names] of places) isNew = (await this.#begin(folder, names)) || isNew;
    return isNew;
  }

  close(): void {
    for (const folder of this.#watches.keys()) this.#end(folder);
  }

  async #begin(folder: string, names: Watch['names']): Promise<boolean> {
    const identity = await identify(folder);
    const known = this.#watches.get(folder);
    if (known && known.identity === identity) {
      known.names = names;
      return false;
    }
    this.#end(folder);
    const watcher = identity === undefined ? undefined : this.#watch(folder);
    if (watcher && identity !== undefined) this.#watches.set(folder, { watcher, identity, names });
    return watcher !== undefined;
  }

  /** Undefined when the folder has just gone. */
  #watch(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, (_, name) => this.#tell(folder, name));
      return watcher.on('error', () => this.#onEvent());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Fault(configurationUnwatchable, (error as Error).message, { cause: error });
    }
  }

  #tell(folder: string, name: string | null): void {
    const names = this.#watches.get(folder)?.names;
    if (name === null || names === undefined || names.has(name)) this.#onEvent();
  }

  #end(folder: string): void {
    this.#watches.get(folder)?.watcher.close();
    this.#watches.delete(folder);
  }
}

async function identify(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
