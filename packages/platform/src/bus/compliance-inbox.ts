import type { Bus, BusMessage, Subscription } from './bus.ts';

/** A subscriber of a test: keeps what arrived and waits for what is to come. */
export class Inbox {
  readonly subject: string;
  readonly messages: BusMessage[] = [];
  readonly subscription: Subscription;
  /** What every message is answered with. */
  answer: string | undefined;
  readonly #waiters = new Set<() => void>();

  constructor(bus: Bus, subject: string, queue?: string) {
    this.subject = subject;
    this.subscription = bus.subscribe(subject, (message) => this.#receive(message), queue ? { queue } : {});
  }

  get texts(): string[] {
    return this.messages.map(({ payload }) => Buffer.from(payload).toString());
  }

  /** All texts so far, once there are `count`. */
  async take(count: number): Promise<string[]> {
    await this.#until(() => this.messages.length >= count);
    return this.texts;
  }

  /** Resolves when the last message says `text`. */
  async ends(text: string): Promise<void> {
    await this.#until(() => this.texts.at(-1) === text);
  }

  #receive(message: BusMessage): void {
    this.messages.push(message);
    if (this.answer !== undefined) message.respond(Buffer.from(this.answer));
    for (const waiter of this.#waiters) waiter();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiters.add(resolve);
      await promise;
      this.#waiters.delete(resolve);
    }
  }
}
