import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { etcd as api } from '@tandem/contract';
import type { Log } from '../log.ts';
import type { Etcd } from './etcd.ts';
import { watch } from './method.ts';
import { type Entry, endOfPrefix, entryOf, list } from './store.ts';

/** A key that was written, or removed; `revision` says when. */
export interface Change {
  readonly key: string;
  readonly value: string | undefined;
  readonly revision: number;
}

export interface MirrorOptions {
  readonly etcd: Etcd;
  readonly prefix: string;
  readonly log: Log;
  /** Called with what one transaction has changed; first with all there is, be it nothing. */
  readonly onChange: (changes: readonly Change[]) => void;
}

/** Between two attempts while etcd is there but does not let us watch. */
const retryMs = 500;

/**
 * All keys with a prefix, followed for ever: nothing is missed while etcd is away, or while this process is, and what
 * etcd has forgotten of its history is made up for by reading everything again.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  #entries = new Map<string, Entry>();
  #revision = 0;
  /** Whether what we have is of this etcd, and its history goes on from there. */
  #current = false;
  #closed = false;
  #stream: ClientDuplexStream<api.WatchRequest, api.WatchResponse> | undefined;

  constructor(options: MirrorOptions) {
    this.#options = options;
    void this.#follow();
  }

  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries;
  }

  close(): void {
    this.#closed = true;
    this.#stream?.cancel();
  }

  async #follow(): Promise<void> {
    const { etcd, log, prefix } = this.#options;
    while (!this.#closed) {
      try {
        await etcd.connection(retryMs);
        if (!this.#current) await this.#read();
        await this.#watch();
      } catch (error) {
        log.debug({ err: error, prefix }, 'watching is interrupted');
        if (etcd.connected) await pause(retryMs);
      }
    }
  }

  async #read(): Promise<void> {
    const { etcd, prefix } = this.#options;
    const { entries, revision } = await list(etcd, prefix);
    const known = this.#entries;
    const isFirst = this.#revision === 0;
    const written = [...entries].filter(([key, entry]) => !isDeepStrictEqual(known.get(key), entry));
    const gone = [...known.keys()].filter((key) => !entries.has(key));
    this.#entries = new Map(entries);
    this.#revision = revision;
    this.#current = true;
    const changes = [
      ...written.map(([key, entry]) => ({ key, ...entry })),
      ...gone.map((key) => ({ key, value: undefined, revision })),
    ];
    if (isFirst || changes.length > 0) this.#tell(changes);
  }

  /** Resolves when everything has to be read again; rejects when the stream has ended otherwise. */
  async #watch(): Promise<void> {
    const { etcd, prefix } = this.#options;
    const stream = await etcd.stream(watch);
    this.#stream = stream;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    stream.on('error', reject).on('end', () => reject(new Error('the stream has ended')));
    stream.on('data', (response: api.WatchResponse) => {
      if (!this.#take(response)) resolve();
    });
    const range = { key: prefix, rangeEnd: endOfPrefix(prefix), startRevision: this.#revision + 1 };
    stream.write({ request: { $case: 'create', value: range } });
    if (this.#closed) stream.cancel();
    await promise.finally(() => stream.cancel());
  }

  /** Returns false when everything has to be read again. */
  #take({ created, canceled, header, events }: api.WatchResponse): boolean {
    const { revision = 0 } = header ?? {};
    // Cancelled: the history from there on is not kept any more. Older than what we have: another etcd, from a backup.
    this.#current = !canceled && !(created && revision < this.#revision);
    if (!this.#current || this.#closed) return false;
    if (events.length > 0) this.#apply(events);
    return true;
  }

  #apply(events: readonly api.Event[]): void {
    const changes: Change[] = [];
    for (const { type, kv } of events) {
      if (!kv) continue;
      const isRemoval = type === api.Event_Type.DELETE;
      if (isRemoval) this.#entries.delete(kv.key);
      else this.#entries.set(kv.key, entryOf(kv));
      this.#revision = Math.max(this.#revision, kv.modRevision);
      changes.push({ key: kv.key, value: isRemoval ? undefined : kv.value, revision: kv.modRevision });
    }
    this.#tell(changes);
  }

  #tell(changes: readonly Change[]): void {
    if (!this.#closed) this.#options.onChange(changes);
  }
}
