import { setTimeout as pause } from 'node:timers/promises';
import { type JetStreamClient, jetstream, type PubAck, type StreamInfo } from '@nats-io/jetstream';
import { InvalidArgumentError, type NatsConnection } from '@nats-io/transport-node';
import { Fault } from '@tandem/sip';
import { busStreamUnusable } from '../../faults.ts';
import type { Log } from '../../log.ts';
import type { BusCounters } from '../counters.ts';
import { Outbox, type OutboxLimits, type Outgoing } from './outbox.ts';
import { isApiError, provideStream, type StreamLimits } from './stream.ts';

export interface EventsOptions {
  readonly log: Log;
  readonly counters: BusCounters;
  readonly queue: OutboxLimits;
  readonly stream: StreamLimits;
  /** Called each time that the stream was found or made. */
  readonly onStream: (connection: NatsConnection, stream: StreamInfo) => void;
}

const acknowledgementTimeout = 2_000;
const longestPause = 1_000;
/** Milliseconds until the stream is looked at again: servers may have joined that can hold copies. */
const reviewInterval = 60_000;
/** JetStream's error for a message that the stream does not take, now or later. */
const tooLarge = 10_054;

/** Publishes events in order, each until the stream has acknowledged it. */
export class Events {
  readonly #options: EventsOptions;
  readonly #outbox: Outbox;
  #connection: NatsConnection | undefined;
  /** There while the stream takes events; another one after each interruption. */
  #stream: JetStreamClient | undefined;
  /** Interruptions since something was acknowledged. */
  #failures = 0;
  #complained = false;
  #overflowing = false;
  #drained: (() => void) | undefined;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.queue);
  }

  /** Events that are not acknowledged. */
  get length(): number {
    return this.#outbox.length;
  }

  publish(subject: string, payload: Uint8Array, key: string, settled?: () => void): void {
    const { counters, log } = this.#options;
    const lost = this.#outbox.add(subject, new Uint8Array(payload), key, settled);
    counters.dropped += lost;
    if (lost && !this.#overflowing) log.error({ waiting: this.length }, 'events are lost: too many wait');
    this.#overflowing = lost > 0;
    if (!this.#stream) counters.queued++;
    this.#send();
  }

  /** The connection that events go out over from now on, if there is one. */
  use(connection: NatsConnection | undefined): void {
    this.#connection = connection;
    this.#failures = 0;
    this.#interrupt();
    if (connection) void this.#resume(connection);
  }

  /** Resolves when everything is acknowledged or the time is over. */
  async drain(ms: number): Promise<void> {
    if (this.length === 0 || !this.#connection) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drained = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }

  #send(): void {
    const { counters } = this.#options;
    const stream = this.#stream;
    if (!stream) return;
    for (let event = this.#outbox.send(); event; event = this.#outbox.send()) {
      if (event.attempts > 1) counters.repeated++;
      void this.#deliver(stream, event);
    }
  }

  async #deliver(stream: JetStreamClient, event: Outgoing): Promise<void> {
    const options = { msgID: event.key, timeout: acknowledgementTimeout };
    try {
      this.#acknowledge(event, await stream.publish(event.subject, event.payload, options));
    } catch (error) {
      this.#fail(stream, event, error);
    }
  }

  #acknowledge(event: Outgoing, { duplicate }: PubAck): void {
    this.#failures = 0;
    this.#settle();
    // Of an event that was sent before it may be our own copy that the server knows.
    if (this.#outbox.remove(event) && duplicate && event.attempts === 1) this.#options.counters.duplicate++;
    this.#proceed();
  }

  #fail(stream: JetStreamClient, event: Outgoing, error: unknown): void {
    if (error instanceof InvalidArgumentError || isApiError(error, tooLarge)) this.#giveUp(event, error);
    else if (stream === this.#stream) {
      this.#interrupt();
      void this.#recover(this.#connection!, error);
    }
  }

  #giveUp(event: Outgoing, error: unknown): void {
    const { counters, log } = this.#options;
    if (!this.#outbox.remove(event)) return;
    counters.dropped++;
    log.error({ err: error, subject: event.subject, key: event.key }, 'the bus does not take this event');
    this.#proceed();
  }

  #proceed(): void {
    if (this.length === 0) this.#drained?.();
    this.#send();
  }

  #interrupt(): void {
    this.#stream = undefined;
    this.#outbox.rewind();
  }

  async #recover(connection: NatsConnection, error: unknown): Promise<void> {
    await pause(backoff(this.#failures++));
    // Only now it shows whether the connection itself has ended, which is told already.
    if (this.#uses(connection)) this.#complain(error);
    await this.#resume(connection);
  }

  /** Makes sure that there is a stream, and sends what is not acknowledged. */
  async #resume(connection: NatsConnection): Promise<void> {
    while (this.#uses(connection)) {
      try {
        this.#flow(connection, await provideStream(connection, this.#options.stream));
        return;
      } catch (error) {
        if (this.#uses(connection)) this.#complain(error);
        await pause(backoff(this.#failures++));
      }
    }
  }

  #uses(connection: NatsConnection): boolean {
    return connection === this.#connection && !connection.isClosed();
  }

  #flow(connection: NatsConnection, stream: StreamInfo): void {
    if (!this.#uses(connection)) return;
    this.#options.onStream(connection, stream);
    this.#stream = jetstream(connection);
    this.#send();
    void this.#review(connection, this.#stream);
  }

  async #review(connection: NatsConnection, stream: JetStreamClient): Promise<void> {
    await pause(reviewInterval, undefined, { ref: false });
    if (stream !== this.#stream) return;
    // What is wrong with it shows when something is published.
    await provideStream(connection, this.#options.stream).catch(() => undefined);
    await this.#review(connection, stream);
  }

  #complain(error: unknown): void {
    if (this.#complained) return;
    this.#complained = true;
    const detail = error instanceof Error ? error.message : String(error);
    const fault = new Fault(busStreamUnusable, detail, { cause: error });
    this.#options.log.warn({ err: fault, waiting: this.length }, 'events wait in memory');
  }

  #settle(): void {
    if (this.#complained) this.#options.log.info({ waiting: this.length }, 'events are taken again');
    this.#complained = false;
  }
}

function backoff(failures: number): number {
  return Math.min(longestPause, 50 * 2 ** failures);
}
