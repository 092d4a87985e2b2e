import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  errors,
  InvalidArgumentError,
  type Msg,
  type NatsConnection,
  RequestError,
} from '@nats-io/transport-node';
import { Fault } from '@tandem/sip';
import { busAway, busClosed, busNoResponder, busPayloadTooLarge, busRequestTimeout } from '../faults.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type {
  Bus,
  BusMessage,
  PublishOptions,
  RequestOptions,
  SubscribeOptions,
  Subscription,
} from './bus.ts';
import { BusCounters, observeBus } from './counters.ts';
import { Deliveries, defaultMaxPending } from './deliveries.ts';
import { checkMessage, checkRequest, checkSize } from './message.ts';
import { Backlog } from './nats/backlog.ts';
import { Events } from './nats/events.ts';
import { Feeds } from './nats/feeds.ts';
import { Link, roundTrip } from './nats/link.ts';
import type { OutboxLimits } from './nats/outbox.ts';
import { parseServers } from './nats/server.ts';
import type { StreamLimits } from './nats/stream.ts';
import { Subscriptions } from './nats/subscriptions.ts';
import { type Subscriber, subscriber } from './subscribers.ts';

export interface NatsBusOptions {
  /** `nats://` and `tls://` URLs, joined by commas. */
  readonly url: string;
  readonly log: Log;
  /** What servers show in their list of connections: region, tier and node. */
  readonly name: string;
  /** Messages that may wait for one subscriber; what comes on top is dropped and counted. */
  readonly maxPending?: number;
  /** Events that may wait for the bus; beyond that the oldest are dropped and counted. */
  readonly queue?: OutboxLimits;
  /** What the stream of events is made with, where there is none. */
  readonly stream?: StreamLimits;
}

const defaultQueue: OutboxLimits = { maxMessages: 100_000, maxOctets: 64 * 1_048_576 };
const defaultStream: StreamLimits = { maxAgeMs: 24 * 3_600_000, maxBytes: 1_073_741_824 };

/** Milliseconds to pass on what was published before a bus is closed. */
const closeTimeout = 2_000;

/** A bus over NATS servers, whose JetStream keeps the events. */
export class NatsBus implements Bus {
  readonly counters: BusCounters = new BusCounters();
  readonly #log: Log;
  readonly #link: Link;
  readonly #events: Events;
  readonly #feeds: Feeds;
  readonly #subscriptions: Subscriptions;
  readonly #listeners = new Set<(connected: boolean) => void>();
  #backlog: Backlog | undefined;
  #closing: Promise<void> | undefined;

  private constructor({ log, name, url, ...limits }: NatsBusOptions) {
    const { maxPending = defaultMaxPending, queue = defaultQueue, stream = defaultStream } = limits;
    const { counters } = this;
    this.#log = log;
    this.#feeds = new Feeds(log);
    const onStream: Feeds['resume'] = (connection, info) => this.#feeds.resume(connection, info);
    this.#events = new Events({ log, counters, queue, stream, onStream });
    const deliveries = new Deliveries({ log, counters, maxPending });
    this.#subscriptions = new Subscriptions({
      feeds: this.#feeds,
      maxPending,
      deliver: (to, message) => deliveries.add(to, message),
      responder: (message) => this.#responder(message),
    });
    this.#link = new Link({
      servers: parseServers(url),
      name,
      log,
      prepare: (connection) => this.#prepare(connection),
      onChange: () => this.#changed(),
    });
  }

  /** Resolves connected, or when no server could be reached at once: it goes on trying. Rejects with `bus-url-invalid`. */
  static async open(options: NatsBusOptions): Promise<NatsBus> {
    const bus = new NatsBus(options);
    await bus.#link.start();
    return bus;
  }

  get connected(): boolean {
    return this.#link.connection !== undefined;
  }

  /** For what a bus has no words for; undefined while no server is there. */
  get connection(): NatsConnection | undefined {
    return this.#link.connection;
  }

  get queueLength(): number {
    return this.#events.length;
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    const own = (connected: boolean): void => listener(connected);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  observe(metrics: Metrics): void {
    observeBus(metrics, this);
  }

  publish(subject: string, payload: Uint8Array, { key, settled }: PublishOptions = {}): void {
    this.#checkOpen(subject);
    checkMessage(subject, payload, key);
    this.counters.published++;
    if (key === undefined) this.#send(subject, payload);
    else this.#events.publish(subject, payload, key, settled);
  }

  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    options: SubscribeOptions = {},
  ): Subscription {
    this.#checkOpen(subject);
    const added = subscriber(subject, handler, options);
    this.#subscriptions.add(added);
    return { unsubscribe: () => this.#unsubscribe(added) };
  }

  async request(subject: string, payload: Uint8Array, { timeoutMs }: RequestOptions): Promise<Uint8Array> {
    this.#checkOpen(subject);
    checkRequest(subject, payload);
    const connection = this.#link.connection;
    if (!connection) throw new Fault(busAway, `${subject}: not connected`);
    if (!this.#backlog?.admit(payload)) throw new Fault(busAway, `${subject}: the server does not read`);
    const timeout = Math.max(1, timeoutMs);
    try {
      const answer = await connection.request(subject, new Uint8Array(payload), { timeout });
      return new Uint8Array(answer.data);
    } catch (error) {
      throw this.#requestFault(error, subject, timeoutMs);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#events.drain(closeTimeout);
    const lost = this.#events.length;
    if (lost) this.#log.error({ events: lost }, 'events are lost: the bus did not take them in time');
    this.counters.dropped += lost;
    const { connection } = this.#link;
    if (connection) await roundTrip(connection).catch(() => undefined);
    await nextTurn();
    await this.#link.close();
  }

  async #prepare(connection: NatsConnection): Promise<void> {
    this.#subscriptions.use(connection);
    await roundTrip(connection);
  }

  #changed(): void {
    const { connection } = this.#link;
    if (!connection) this.#feeds.interrupt();
    this.#backlog = connection && new Backlog(connection);
    this.#events.use(connection);
    for (const listener of this.#listeners) this.#tell(listener);
  }

  #tell(listener: (connected: boolean) => void): void {
    try {
      listener(this.connected);
    } catch (error) {
      this.#log.error({ err: error }, 'a listener of the bus failed');
    }
  }

  #send(subject: string, payload: Uint8Array): void {
    const { connection } = this.#link;
    if (!connection || connection.isClosed()) this.counters.discarded++;
    else if (!this.#backlog?.admit(payload)) this.counters.dropped++;
    else publish(connection, subject, payload);
  }

  #responder({ reply, subject }: Msg): BusMessage['respond'] {
    if (!reply) return () => undefined;
    return (answer) => {
      checkSize(subject, answer);
      this.#send(reply, answer);
    };
  }

  #unsubscribe(one: Subscriber): void {
    one.active = false;
    this.#subscriptions.remove(one);
  }

  #checkOpen(subject: string): void {
    if (this.#closing) throw new Fault(busClosed, subject);
  }

  #requestFault(cause: unknown, subject: string, timeoutMs: number): Fault {
    if (cause instanceof errors.TimeoutError)
      return new Fault(busRequestTimeout, `${subject}: no answer within ${timeoutMs} ms`);
    if (cause instanceof RequestError && cause.isNoResponders()) return new Fault(busNoResponder, subject);
    if (this.#closing) return new Fault(busClosed, 'a request was open');
    if (cause instanceof InvalidArgumentError) return new Fault(busPayloadTooLarge, subject, { cause });
    return new Fault(busAway, `${subject}: the connection has ended`, { cause });
  }
}

/** A server may be told to take less than usual. */
function publish(connection: NatsConnection, subject: string, payload: Uint8Array): void {
  try {
    // A copy: the client sends it later in this turn.
    connection.publish(subject, new Uint8Array(payload));
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Fault(busPayloadTooLarge, subject, { cause });
    throw cause;
  }
}
