/** An event on its way to the stream. */
export interface Outgoing {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly key: string;
  /** How often it was sent. */
  attempts: number;
  /** Sent, and not acknowledged. */
  flying: boolean;
  /** Acknowledged, or given up. */
  done: boolean;
  /** Told of that. */
  readonly settled: (() => void) | undefined;
}

export interface OutboxLimits {
  readonly maxMessages: number;
  readonly maxOctets: number;
}

/** Events that may be on the wire without an acknowledgement, and their octets. */
const window = { messages: 512, octets: 4 * 1_048_576 };

/** Events in order, until each is acknowledged: those that were sent, then those that were not. */
export class Outbox {
  readonly #limits: OutboxLimits;
  #events: Outgoing[] = [];
  /** Index of the oldest that is not done, and of the first that was not sent. */
  #head = 0;
  #next = 0;
  #length = 0;
  #octets = 0;
  #octetsFlying = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#length;
  }

  /** Returns how many of the oldest had to go. */
  add(subject: string, payload: Uint8Array, key: string, settled?: () => void): number {
    this.#events.push({ subject, payload, key, attempts: 0, flying: false, done: false, settled });
    this.#length++;
    this.#octets += payload.length;
    const before = this.#length;
    const { maxMessages, maxOctets } = this.#limits;
    while (this.#length > maxMessages || this.#octets > maxOctets) this.remove(this.#events[this.#head]!);
    return before - this.#length;
  }

  /** The next one to be sent, or undefined while enough are on the wire. */
  send(): Outgoing | undefined {
    while (this.#events[this.#next]?.done) this.#next++;
    const event = this.#events[this.#next];
    const full = this.#next - this.#head >= window.messages || this.#octetsFlying >= window.octets;
    if (!event || full) return undefined;
    this.#next++;
    event.attempts++;
    event.flying = true;
    this.#octetsFlying += event.payload.length;
    return event;
  }

  /** Whether it was not done before. */
  remove(event: Outgoing): boolean {
    if (event.done) return false;
    event.done = true;
    this.#land(event);
    this.#length--;
    this.#octets -= event.payload.length;
    this.#advance();
    event.settled?.();
    return true;
  }

  /** What is not done will be sent again. */
  rewind(): void {
    while (this.#next > this.#head) this.#land(this.#events[--this.#next]!);
  }

  #land(event: Outgoing): void {
    if (event.flying) this.#octetsFlying -= event.payload.length;
    event.flying = false;
  }

  #advance(): void {
    while (this.#events[this.#head]?.done) this.#head++;
    this.#next = Math.max(this.#next, this.#head);
    if (this.#head < 1_024 || this.#head * 2 < this.#events.length) return;
    this.#events = this.#events.slice(this.#head);
    this.#next -= this.#head;
    this.#head = 0;
  }
}
