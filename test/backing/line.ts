import type {
  Bus,
  BusMessage,
  Metrics,
  PublishOptions,
  RequestOptions,
  SubscribeOptions,
  Subscription,
} from '@tandem/platform';

/** One node's line to a bus of several, which can be cut without a word to the others. */
export class Line implements Bus {
  readonly #bus: Bus;
  readonly #subscriptions = new Set<Subscription>();
  #isCut = false;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get connected(): boolean {
    return this.#bus.connected;
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    return this.#bus.onConnection(listener);
  }

  observe(metrics: Metrics): void {
    this.#bus.observe(metrics);
  }

  /** Nothing goes through any more, in either direction. */
  cut(): void {
    this.#isCut = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  publish(subject: string, payload: Uint8Array, options?: PublishOptions): void {
    if (!this.#isCut) this.#bus.publish(subject, payload, options);
  }

  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    options?: SubscribeOptions,
  ): Subscription {
    const subscription = this.#bus.subscribe(subject, handler, options);
    this.#subscriptions.add(subscription);
    return subscription;
  }

  request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    return this.#bus.request(subject, payload, options);
  }

  async close(): Promise<void> {
    this.cut();
  }
}
