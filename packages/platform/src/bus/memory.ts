import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { busClosed, busNoResponder, busRequestTimeout } from '../faults.ts';
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
import { RecentKeys } from './recent-keys.ts';
import { type Subscriber, Subscribers, subscriber } from './subscribers.ts';

export interface MemoryBusOptions {
  readonly log: Log;
  /** In milliseconds; rules how long keys are remembered. */
  readonly now: () => number;
  /** Messages that may wait for one subscriber; what comes on top is dropped and counted. */
  readonly maxPending?: number;
  /** Keys that are remembered at most. */
  readonly maxKeys?: number;
}

/** A bus within one process. */
export class MemoryBus implements Bus {
  readonly counters: BusCounters = new BusCounters();
  readonly connected = true;
  readonly queueLength = 0;
  readonly #now: () => number;
  readonly #keys: RecentKeys;
  readonly #subscribers = new Subscribers();
  readonly #deliveries: Deliveries;
  readonly #requests = new Set<(fault: Fault) => void>();
  #closed = false;

  constructor({ log, now, maxPending = defaultMaxPending, maxKeys = 100_000 }: MemoryBusOptions) {
    this.#now = now;
    this.#keys = new RecentKeys(maxKeys);
    this.#deliveries = new Deliveries({ log, counters: this.counters, maxPending });
  }

  onConnection(): () => void {
    return () => undefined;
  }

  observe(metrics: Metrics): void {
    observeBus(metrics, this);
  }

  publish(subject: string, payload: Uint8Array, { key, settled }: PublishOptions = {}): void {
    this.#checkOpen(subject);
    checkMessage(subject, payload, key);
    this.counters.published++;
    if (key === undefined || this.#keys.claim(key, this.#now())) {
      this.#send(this.#subscribers.recipients(subject), subject, payload, () => undefined);
    } else this.counters.duplicate++;
    settled?.();
  }

  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    options: SubscribeOptions = {},
  ): Subscription {
    this.#checkOpen(subject);
    const added = subscriber(subject, handler, options);
    this.#subscribers.add(added);
    return { unsubscribe: () => this.#remove(added) };
  }

  async request(subject: string, payload: Uint8Array, { timeoutMs }: RequestOptions): Promise<Uint8Array> {
    this.#checkOpen(subject);
    checkRequest(subject, payload);
    const recipients = this.#subscribers.recipients(subject);
    if (recipients.length === 0) throw new Fault(busNoResponder, subject);
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const timer = setTimeout(
      () => reject(new Fault(busRequestTimeout, `${subject}: no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    this.#requests.add(reject);
    this.#send(recipients, subject, payload, (answer) => {
      checkSize(subject, answer);
      resolve(new Uint8Array(answer));
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#requests.delete(reject);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await nextTurn();
    for (const reject of this.#requests) reject(new Fault(busClosed, 'a request was open'));
  }

  #checkOpen(subject: string): void {
    if (this.#closed) throw new Fault(busClosed, subject);
  }

  #send(to: Subscriber[], subject: string, payload: Uint8Array, respond: BusMessage['respond']): void {
    for (const one of to) {
      this.#deliveries.add(one, () => ({ subject, payload: new Uint8Array(payload), respond }));
    }
  }

  #remove(one: Subscriber): void {
    one.active = false;
    this.#subscribers.remove(one);
  }
}
