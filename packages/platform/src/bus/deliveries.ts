import type { Log } from '../log.ts';
import type { BusMessage } from './bus.ts';
import type { BusCounters } from './counters.ts';
import type { Subscriber } from './subscribers.ts';

/** Messages that may wait for one subscriber unless a bus is told otherwise. */
export const defaultMaxPending = 65_536;

interface Delivery {
  readonly to: Subscriber;
  readonly message: BusMessage;
}

export interface DeliveriesOptions {
  readonly log: Log;
  readonly counters: BusCounters;
  /** Messages that may wait for one subscriber; what comes on top is dropped and counted. */
  readonly maxPending: number;
}

/** Hands messages to subscribers in order, later in the same turn of the event loop. */
export class Deliveries {
  readonly #log: Log;
  readonly #counters: BusCounters;
  readonly #maxPending: number;
  #waiting: Delivery[] = [];

  constructor({ log, counters, maxPending }: DeliveriesOptions) {
    this.#log = log;
    this.#counters = counters;
    this.#maxPending = maxPending;
  }

  /** `message` is made only when there is room for it. */
  add(to: Subscriber, message: () => BusMessage): void {
    if (to.pending >= this.#maxPending) {
      this.#drop(to);
      return;
    }
    to.pending++;
    if (this.#waiting.push({ to, message: message() }) === 1) setImmediate(() => this.#deliver());
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
    this.#counters.delivered++;
    try {
      to.handler(message);
    } catch (error) {
      this.#counters.failed++;
      this.#log.error({ err: error, subject: message.subject }, 'a subscriber failed');
    }
  }

  #drop(subscriber: Subscriber): void {
    this.#counters.dropped++;
    // One line in the log for one overflow.
    if (!subscriber.overflowing) this.#log.warn({ subject: subscriber.pattern }, 'a subscriber is too slow');
    subscriber.overflowing = true;
  }
}
