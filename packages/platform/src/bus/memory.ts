import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { busClosed, busNoResponder, busPayloadTooLarge, busRequestTimeout } from '../faults.ts';
import type { Log } from '../log.ts';
import { busMessages } from '../metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import {
  type Bus,
  type BusMessage,
  maxPayload,
  type PublishOptions,
  type RequestOptions,
  type SubscribeOptions,
  type Subscription,
} from './bus.ts';
import { RecentKeys } from './recent-keys.ts';
import { checkName, checkPattern, checkSubject } from './subject.ts';
import { type Subscriber, Subscribers } from './subscribers.ts';

export interface MemoryBusOptions {
  readonly log: Log;
  /** In milliseconds; rules how long keys are remembered. */
  readonly now: () => number;
  /** Messages that may wait for one subscriber; what comes on top is dropped and counted. */
  readonly maxPending?: number;
  /** Keys that are remembered at most. */
  readonly maxKeys?: number;
}

interface Delivery {
  readonly to: Subscriber;
  readonly message: BusMessage;
}

/** A bus within one process. */
export class MemoryBus implements Bus {
  /** Messages so far. */
  readonly counters = { published: 0, duplicate: 0, delivered: 0, dropped: 0, failed: 0 };
  readonly #log: Log;
  readonly #now: () => number;
  readonly #maxPending: number;
  readonly #keys: RecentKeys;
  readonly #subscribers = new Subscribers();
  readonly #requests = new Set<(fault: Fault) => void>();
  #waiting: Delivery[] = [];
  #closed = false;

  constructor({ log, now, maxPending = 65_536, maxKeys = 100_000 }: MemoryBusOptions) {
    this.#log = log;
    this.#now = now;
    this.#maxPending = maxPending;
    this.#keys = new RecentKeys(maxKeys);
  }

  /** Reports the counters at each scrape. */
  observe(metrics: Metrics): void {
    metrics.observe(busMessages, (report) => {
      for (const [event, count] of Object.entries(this.counters)) report(count, { event });
    });
  }

  publish(subject: string, payload: Uint8Array, { key }: PublishOptions = {}): void {
    this.#check(subject, payload);
    if (key !== undefined) checkName('key', key);
    this.counters.published++;
    if (key === undefined || this.#keys.claim(key, this.#now())) {
      this.#send(this.#subscribers.recipients(subject), subject, payload, () => undefined);
    } else this.counters.duplicate++;
  }

  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    { queue }: SubscribeOptions = {},
  ): Subscription {
    if (this.#closed) throw new Fault(busClosed, subject);
    checkPattern(subject);
    if (queue !== undefined) checkName('queue', queue);
    const subscriber: Subscriber = {
      pattern: subject,
      queue,
      handler,
      pending: 0,
      overflowing: false,
      active: true,
    };
    this.#subscribers.add(subscriber);
    return { unsubscribe: () => this.#remove(subscriber) };
  }

  async request(subject: string, payload: Uint8Array, { timeoutMs }: RequestOptions): Promise<Uint8Array> {
    this.#check(subject, payload);
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

  #check(subject: string, payload: Uint8Array): void {
    if (this.#closed) throw new Fault(busClosed, subject);
    checkSubject(subject);
    checkSize(subject, payload);
  }

  #send(to: Subscriber[], subject: string, payload: Uint8Array, respond: BusMessage['respond']): void {
    for (const subscriber of to) {
      if (subscriber.pending >= this.#maxPending) {
        this.#drop(subscriber);
        continue;
      }
      subscriber.pending++;
      const message = { subject, payload: new Uint8Array(payload), respond };
      if (this.#waiting.push({ to: subscriber, message }) === 1) setImmediate(() => this.#deliver());
    }
  }

  #deliver(): void {
    const due = this.#waiting;
    this.#waiting = [];
    for (const { to, message } of due) {
      to.pending--;
      to.overflowing &&= to.pending > 0;
      if (to.active) this.#hand(to, message);
    }
  }

  #hand(to: Subscriber, message: BusMessage): void {
    this.counters.delivered++;
    try {
      to.handler(message);
    } catch (error) {
      this.counters.failed++;
      this.#log.error({ err: error, subject: message.subject }, 'a subscriber failed');
    }
  }

  #drop(subscriber: Subscriber): void {
    this.counters.dropped++;
    // One line in the log for one overflow.
    if (!subscriber.overflowing) this.#log.warn({ subject: subscriber.pattern }, 'a subscriber is too slow');
    subscriber.overflowing = true;
  }

  #remove(subscriber: Subscriber): void {
    subscriber.active = false;
    this.#subscribers.remove(subscriber);
  }
}

function checkSize(subject: string, { length }: Uint8Array): void {
  if (length <= maxPayload) return;
  throw new Fault(busPayloadTooLarge, `${subject}: ${length} octets, at most ${maxPayload}`);
}
