import type { Msg, NatsConnection, Subscription as Registration } from '@nats-io/transport-node';
import type { BusMessage } from '../bus.ts';
import type { Deliveries } from '../deliveries.ts';
import { eventPatterns, isEvent } from '../message.ts';
import { covers, intersects } from '../subject.ts';
import type { Subscriber } from '../subscribers.ts';
import { told } from './stream.ts';

/** What servers and clients talk about among themselves; nobody means that who subscribes to everything. */
const internal = /^(\$|_INBOX\.|told\.)/;

/** Who has subscribed, made known to the server of each connection. */
export class Subscriptions {
  readonly #deliveries: Deliveries;
  readonly #responder: (message: Msg) => BusMessage['respond'];
  readonly #subscribers = new Map<Subscriber, Registration[]>();
  #connection: NatsConnection | undefined;

  constructor(deliveries: Deliveries, responder: (message: Msg) => BusMessage['respond']) {
    this.#deliveries = deliveries;
    this.#responder = responder;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.set(subscriber, this.#register(subscriber));
  }

  remove(subscriber: Subscriber): void {
    for (const registration of this.#subscribers.get(subscriber) ?? []) registration.unsubscribe();
    this.#subscribers.delete(subscriber);
  }

  /** Subscribes all over this connection from now on. */
  use(connection: NatsConnection): void {
    this.#connection = connection;
    for (const subscriber of this.#subscribers.keys()) this.add(subscriber);
  }

  /** Events are taken from where the stream tells them, everything else from its own subject. */
  #register(subscriber: Subscriber): Registration[] {
    const tokens = subscriber.pattern.split('.');
    const mixed = eventPatterns.some((events) => intersects(events, tokens));
    const eventsOnly = eventPatterns.some((events) => covers(events, tokens));
    const others = (message: Msg): void => {
      const { subject } = message;
      if (!mixed || !(isEvent(subject) || internal.test(subject))) {
        this.#deliver(subscriber, subject, message);
      }
    };
    const events = (message: Msg): void =>
      this.#deliver(subscriber, message.subject.slice(told.length), message);
    return [
      ...(mixed ? this.#listen(told + subscriber.pattern, subscriber, events) : []),
      ...(eventsOnly ? [] : this.#listen(subscriber.pattern, subscriber, others)),
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

  #deliver(subscriber: Subscriber, subject: string, message: Msg): void {
    this.#deliveries.add(subscriber, () => ({
      subject,
      // What the client hands out is a view of all that was received at once.
      payload: new Uint8Array(message.data),
      respond: this.#responder(message),
    }));
  }
}
