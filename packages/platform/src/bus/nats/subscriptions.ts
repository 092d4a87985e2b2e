import type { Msg, NatsConnection, Subscription as Registration } from '@nats-io/transport-node';
import type { BusMessage } from '../bus.ts';
import { eventPatterns, isEvent } from '../message.ts';
import { covers, intersects, matches } from '../subject.ts';
import type { Subscriber } from '../subscribers.ts';
import { Feed } from './feed.ts';
import type { Feeds } from './feeds.ts';
import { told } from './stream.ts';

/** What servers and clients talk about among themselves; nobody means that who subscribes to everything. */
const internal = /^(\$|_INBOX\.|told\.)/;

export interface SubscriptionsOptions {
  readonly feeds: Feeds;
  /** Messages that may wait for one subscriber. */
  readonly maxPending: number;
  readonly deliver: (to: Subscriber, message: () => BusMessage) => void;
  readonly responder: (message: Msg) => BusMessage['respond'];
}

interface Entry {
  readonly feed: Feed | undefined;
  registrations: Registration[];
}

/** Who has subscribed, made known to the server of each connection. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #entries = new Map<Subscriber, Entry>();
  #connection: NatsConnection | undefined;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  add(subscriber: Subscriber): void {
    const feed = this.#feed(subscriber);
    this.#entries.set(subscriber, { feed, registrations: this.#register(subscriber, feed) });
    if (feed) this.#options.feeds.add(feed);
  }

  remove(subscriber: Subscriber): void {
    const entry = this.#entries.get(subscriber);
    this.#entries.delete(subscriber);
    if (entry?.feed) this.#options.feeds.remove(entry.feed);
    for (const registration of entry?.registrations ?? []) registration.unsubscribe();
  }

  /** Subscribes all over this connection from now on. */
  use(connection: NatsConnection): void {
    this.#connection = connection;
    for (const [subscriber, entry] of this.#entries) {
      entry.registrations = this.#register(subscriber, entry.feed);
    }
  }

  /** Members of a queue have none: what one has missed was for another one. */
  #feed(subscriber: Subscriber): Feed | undefined {
    const tokens = subscriber.pattern.split('.');
    if (subscriber.queue !== undefined || !mayBeEvent(tokens)) return undefined;
    const deliver = (subject: string, payload: Uint8Array): void => {
      // Of a stream that is read as a whole, others' events come as well.
      if (matches(tokens, subject.split('.'))) this.#deliver(subscriber, subject, payload);
    };
    // Half of what may wait: more is told in the same turn.
    return new Feed(subscriber, deliver, this.#options.maxPending / 2);
  }

  /** Events are taken from where the stream tells them, everything else from its own subject. */
  #register(subscriber: Subscriber, feed: Feed | undefined): Registration[] {
    const { pattern } = subscriber;
    const tokens = pattern.split('.');
    const mixed = mayBeEvent(tokens);
    const eventsOnly = eventPatterns.some((events) => covers(events, tokens));
    const others = (message: Msg): void => {
      const { subject } = message;
      if (!mixed || !(isEvent(subject) || internal.test(subject))) {
        this.#deliver(subscriber, subject, message.data, this.#options.responder(message));
      }
    };
    const events = (message: Msg): void => {
      if (feed) feed.tell(message);
      else this.#deliver(subscriber, message.subject.slice(told.length), message.data);
    };
    return [
      ...(mixed ? this.#listen(told + pattern, subscriber, events) : []),
      ...(eventsOnly ? [] : this.#listen(pattern, subscriber, others)),
    ];
  }

  #listen(subject: string, { queue }: Subscriber, take: (message: Msg) => void): Registration[] {
    const connection = this.#connection;
    if (!connection || connection.isClosed()) return [];
    const callback = (error: Error | null, message: Msg): void => {
      // The connection tells of errors itself.
      if (!error) take(message);
    };
    return [connection.subscribe(subject, { callback, ...(queue !== undefined && { queue }) })];
  }

  #deliver(
    to: Subscriber,
    subject: string,
    payload: Uint8Array,
    respond: BusMessage['respond'] = () => undefined,
  ): void {
    // A copy: what the client hands out is a view of all that was received at once.
    this.#options.deliver(to, () => ({ subject, payload: new Uint8Array(payload), respond }));
  }
}

function mayBeEvent(pattern: readonly string[]): boolean {
  return eventPatterns.some((events) => intersects(events, pattern));
}
