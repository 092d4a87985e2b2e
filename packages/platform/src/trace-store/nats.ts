import { type JetStreamManager, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { Fault } from '@tandem/sip';
import { isApiError } from '../bus/nats/stream.ts';
import type { NatsBus } from '../bus/nats.ts';
import { traceStoreUnavailable } from '../faults.ts';
import type { Log } from '../log.ts';
import { decodeBatch } from './batch.ts';
import { allTraces, type TraceBatch, type TraceStore, traceLifetimeMs } from './trace-store.ts';

export interface NatsTraceStoreOptions {
  readonly bus: NatsBus;
  readonly log: Log;
  /** Octets that the stream keeps at most, where there is none yet; the oldest make room. */
  readonly maxOctets?: number;
}

const streamName = 'TRACES';
const apiTimeout = 2_000;
/** Batches that one look-up reads. */
const maxBatches = 1_000;
/** Codes of JetStream errors that the client has no names for. */
const inUse = 10_058;
const notFound = 10_059;

/** Traces in a stream of JetStream, which takes them from the bus without holding anybody up. */
export class NatsTraceStore implements TraceStore {
  readonly #bus: NatsBus;
  readonly #log: Log;
  readonly #maxOctets: number;
  readonly #end: () => void;

  private constructor({ bus, log, maxOctets = 536_870_912 }: NatsTraceStoreOptions) {
    this.#bus = bus;
    this.#log = log;
    this.#maxOctets = maxOctets;
    this.#end = bus.onConnection((connected) => connected && void this.#provide());
  }

  /** Resolves when the stream is there, or the bus is away: it is made as soon as that is back. */
  static async open(options: NatsTraceStoreOptions): Promise<NatsTraceStore> {
    const store = new NatsTraceStore(options);
    await store.#provide();
    return store;
  }

  /** Rejects with `trace-store-unavailable`. */
  async find(subject: string): Promise<readonly TraceBatch[]> {
    try {
      return await this.#read(subject);
    } catch (cause) {
      throw new Fault(traceStoreUnavailable, cause instanceof Error ? cause.message : String(cause), {
        cause,
      });
    }
  }

  close(): void {
    this.#end();
  }

  async #read(subject: string): Promise<TraceBatch[]> {
    const { connection } = this.#bus;
    if (!connection) throw new Error('the bus is away');
    const manager = await managerOf(connection);
    const batches: TraceBatch[] = [];
    let next = 1;
    for (let count = 0; count < maxBatches; count++) {
      const message = await manager.direct.getMessage(streamName, { seq: next, next_by_subj: subject });
      if (!message) break;
      next = message.seq + 1;
      const batch = decodeBatch(message.data);
      if (batch) batches.push(batch);
    }
    return batches;
  }

  async #provide(): Promise<void> {
    const { connection } = this.#bus;
    try {
      if (connection) await this.#addStream(await managerOf(connection));
    } catch (err) {
      this.#log.warn({ err }, 'there is no stream for traces: tandem trace --follow alone shows calls');
    }
  }

  /** An operator may change it afterwards. */
  async #addStream(manager: JetStreamManager): Promise<void> {
    try {
      await manager.streams.info(streamName);
    } catch (error) {
      if (!isApiError(error, notFound)) throw error;
      await manager.streams.add(this.#wish).catch((cause: unknown) => {
        // Another node was faster.
        if (!isApiError(cause, inUse)) throw cause;
      });
    }
  }

  get #wish(): Parameters<JetStreamManager['streams']['add']>[0] {
    return {
      name: streamName,
      subjects: [allTraces],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_age: nanos(traceLifetimeMs),
      max_bytes: this.#maxOctets,
      // Nobody waits for what is written here, and nobody misses a call if it is lost: one copy is enough.
      num_replicas: 1,
      no_ack: true,
      allow_direct: true,
    };
  }
}

function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  return jetstreamManager(connection, { checkAPI: false, timeout: apiTimeout });
}
