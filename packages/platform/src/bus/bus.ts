import type { Metrics } from '../telemetry/metrics.ts';

/** A message as one subscriber gets it. */
export interface BusMessage {
  readonly subject: string;
  /** A copy of the subscriber's own. */
  readonly payload: Uint8Array;
  /** Answers a request; the first answer counts. Without effect when nobody asked. Throws `bus-payload-too-large`. */
  readonly respond: (payload: Uint8Array) => void;
}

export interface PublishOptions {
  /**
   * Idempotency key: within {@link keyWindowMs} a second message with the same key is not delivered, whoever
   * publishes it. Subjects of events ({@link eventSubjects}) need one, other subjects take none.
   */
  readonly key?: string;
  /** Of an event: called once when it is sure to be kept, or was given up. Not called when the process ends before. */
  readonly settled?: () => void;
}

export interface SubscribeOptions {
  /** Of all subscribers in the same queue, one gets each message. */
  readonly queue?: string;
}

export interface RequestOptions {
  readonly timeoutMs: number;
}

export interface Subscription {
  /** Nothing is delivered afterwards, not even what was published before. */
  unsubscribe(): void;
}

/**
 * Events and commands between tiers, with the subjects of NATS: tokens joined by dots; to subscribe, `*` stands for
 * one token and a last `>` for one or more. Messages of one publisher arrive in order, events and others each among
 * themselves, at most once, never in the publisher's stack. A handler that throws is logged and counted.
 *
 * While a bus is not connected events wait, up to a cap; other messages are discarded and counted, and requests
 * reject at once with `bus-away`.
 */
export interface Bus {
  /** Whether messages can be passed on at this moment. */
  readonly connected: boolean;
  /** Calls the listener whenever that has changed; returns what stops it. */
  onConnection(listener: (connected: boolean) => void): () => void;
  /** Reports counters and connection at each scrape. */
  observe(metrics: Metrics): void;
  /** Throws `bus-name-invalid`, `bus-payload-too-large` or `bus-closed`. */
  publish(subject: string, payload: Uint8Array, options?: PublishOptions): void;
  /** Throws `bus-name-invalid` or `bus-closed`. */
  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    options?: SubscribeOptions,
  ): Subscription;
  /**
   * Rejects as `publish` throws, with `bus-no-responder` or `bus-away` at once, and with `bus-request-timeout`.
   * Events cannot be answered: `bus-name-invalid`.
   */
  request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  /** Delivers what was published before; requests that are still open reject with `bus-closed`. */
  close(): Promise<void>;
}

/** The subjects of events: what is published there is kept for those who read it later. */
export const eventSubjects: readonly string[] = [
  'tandem.*.call.>',
  'tandem.*.registration.>',
  // Named one by one: nodes themselves are asked on `tandem.<region>.node.<tier>.<id>`.
  'tandem.*.node.*.joined',
  'tandem.*.node.*.draining',
  'tandem.*.node.*.left',
  'tandem.*.node.*.died',
  'tandem.*.configuration.>',
  'tandem.*.trunk.>',
];

/** How long a key is remembered, in milliseconds: the window of JetStream. */
export const keyWindowMs: number = 2 * 60_000;

/** Octets of a payload: the default of a NATS server. */
export const maxPayload: number = 1_048_576;

/** Octets of an event's payload: the server counts the key's header too. */
export const maxEvent: number = maxPayload - 8_192;
