import type { Source } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import type { Etcd } from '../etcd/etcd.ts';
import { Mirror } from '../etcd/mirror.ts';
import { get } from '../etcd/store.ts';
import { configurationVanished } from '../faults.ts';
import type { Log } from '../log.ts';
import { LastGood } from './last-good.ts';
import { Reloader } from './reloader.ts';
import type { ConfigurationSource } from './source.ts';
import { configurationPrefix, guardKey, storedSources } from './stored.ts';

export interface EtcdSourceOptions<T> {
  readonly etcd: Etcd;
  readonly load: (sources: readonly Source[]) => Promise<T>;
  /** Tells snapshots apart. */
  readonly version: (snapshot: T) => string;
  /** The file for what was accepted last; without it a start waits for etcd. */
  readonly lastGood?: string;
  readonly log: Log;
}

/** A snapshot from an earlier life. */
interface Begun<T> {
  readonly snapshot: T;
}

/** How long a start waits for etcd before it begins with what was accepted last. */
const patienceMs = 2_000;

/** All that is below {@link configurationPrefix} in etcd, watched. What one transaction changes is one change. */
export class EtcdSource<T> implements ConfigurationSource<T> {
  readonly #options: EtcdSourceOptions<T>;
  readonly #reloader: Reloader<T>;
  readonly #lastGood: LastGood | undefined;
  readonly #read = Promise.withResolvers<void>();
  #mirror: Mirror | undefined;
  #isRead = false;
  /** Whether what was accepted last was not empty. */
  #hadSome = false;
  /** Whether changes are loaded as they come. */
  #running = false;

  constructor(options: EtcdSourceOptions<T>) {
    const { lastGood, log, version } = options;
    this.#options = options;
    this.#lastGood = lastGood === undefined ? undefined : new LastGood(lastGood, log);
    this.#reloader = new Reloader({ load: () => this.#load(), version });
  }

  onChange(listener: (snapshot: T) => void): void {
    this.#reloader.onChange(listener);
  }

  onFault(listener: (fault: Error) => void): void {
    this.#reloader.onFault(listener);
  }

  async start(): Promise<T> {
    const { etcd, log } = this.#options;
    const onChange = (): void => this.#changed();
    this.#mirror = new Mirror({ etcd, prefix: configurationPrefix, log, onChange });
    try {
      const early = (await this.#inTime()) ? undefined : await this.#begin('etcd is away');
      if (early) return this.#ran(early);
      await this.#read.promise;
      return await this.#first();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#mirror?.close();
    await this.#reloader.close();
    await this.#lastGood?.close();
  }

  #changed(): void {
    this.#read.resolve();
    this.#isRead = true;
    if (this.#running) this.#reloader.reload();
  }

  /** From here on what etcd has is told, first what it had while the old snapshot was read. */
  #ran({ snapshot }: Begun<T>): T {
    this.#running = true;
    if (this.#isRead) setImmediate(() => this.#reloader.reload());
    return snapshot;
  }

  async #inTime(): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), patienceMs);
    const isRead = this.#read.promise.then(() => true);
    return Promise.race([isRead, late.promise]).finally(() => clearTimeout(timer));
  }

  /** What etcd has, or what was accepted last when that is wrong. */
  async #first(): Promise<T> {
    this.#hadSome = ((await this.#lastGood?.read())?.length ?? 0) > 0;
    try {
      // What changes from here on is loaded behind it.
      this.#running = true;
      return await this.#reloader.first();
    } catch (error) {
      const last = await this.#begin('what etcd has is wrong');
      if (!last) throw error;
      this.#reloader.reject(error as Error);
      return last.snapshot;
    }
  }

  /** The snapshot that was accepted last; undefined when there is none. */
  async #begin(why: string): Promise<Begun<T> | undefined> {
    const { load, log } = this.#options;
    try {
      const sources = await this.#lastGood?.read();
      const snapshot = sources && (await load(sources));
      this.#hadSome = (sources?.length ?? 0) > 0;
      if (snapshot) this.#reloader.begin(snapshot);
      const how = snapshot ? 'the configuration is what was accepted last' : 'there is no configuration yet';
      log.warn({ documents: sources?.length }, `${why}: ${how}`);
      return snapshot && { snapshot };
    } catch (error) {
      log.warn({ err: error }, `${why}, and what was accepted last is not right any more`);
      return undefined;
    }
  }

  /** A server that has lost its data is no reason to forget everything. */
  async #checkEmptied(): Promise<void> {
    if (await get(this.#options.etcd, guardKey)) return;
    throw new Fault(configurationVanished, `nothing is below ${configurationPrefix}, and nobody removed it`);
  }

  async #load(): Promise<T> {
    const sources = storedSources(this.#mirror!.entries);
    if (sources.length === 0 && this.#hadSome) await this.#checkEmptied();
    const snapshot = await this.#options.load(sources);
    this.#hadSome = sources.length > 0;
    this.#lastGood?.keep(sources);
    return snapshot;
  }
}
