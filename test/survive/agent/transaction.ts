import type { Message } from '../../harness/message.ts';
import { statusOf } from '../../wire/reply.ts';

/** RFC 3261 section 17.1.1.1. */
const T1 = 500;
const T2 = 4_000;

/** How long a request may go without a final response: less than 64*T1, so that a test sees the end of it. */
export const GIVE_UP = 12_000;

/** No final response came. */
export class Unanswered extends Error {
  /** The last provisional status, 0 when not even one came. */
  readonly provisional: number;

  constructor(request: Message, provisional: number) {
    super(`${request.start}: ${provisional ? `nothing after ${provisional}` : 'no response'}`);
    this.provisional = provisional;
  }
}

/** A request of ours over UDP until its final response, RFC 3261 section 17.1. */
export class ClientTransaction {
  readonly request: Message;
  readonly final: Promise<Message>;
  readonly #send: (message: Message) => void;
  readonly #settle: PromiseWithResolvers<Message> = Promise.withResolvers();
  readonly #isInvite: boolean;
  #timer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout;
  #provisional = 0;

  constructor(request: Message, send: (message: Message) => void) {
    this.request = request;
    this.#send = send;
    this.#isInvite = request.start.startsWith('INVITE ');
    this.final = this.#settle.promise;
    this.#deadline = setTimeout(() => this.#giveUp(), GIVE_UP);
    this.#transmit(T1);
  }

  receive(response: Message): void {
    const status = statusOf(response);
    if (status < 200) this.#provisional = status;
    // Timer A ends with the first response, timer E goes on until the final one.
    if (this.#isInvite || status >= 200) clearTimeout(this.#timer);
    if (status < 200) return;
    clearTimeout(this.#deadline);
    this.#settle.resolve(response);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
  }

  #transmit(interval: number): void {
    this.#send(this.request);
    const next = this.#isInvite ? 2 * interval : Math.min(2 * interval, T2);
    this.#timer = setTimeout(() => this.#transmit(next), interval);
  }

  #giveUp(): void {
    clearTimeout(this.#timer);
    this.#settle.reject(new Unanswered(this.request, this.#provisional));
  }
}

/** A response that is sent again until somebody acknowledges it, RFC 3261 section 13.3.1.4. */
export class Retransmission {
  readonly #send: () => void;
  readonly #unheard: () => void;
  #timer: NodeJS.Timeout | undefined;
  #left = GIVE_UP;

  constructor(send: () => void, unheard: () => void) {
    this.#send = send;
    this.#unheard = unheard;
    this.#transmit(T1);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #transmit(interval: number): void {
    this.#send();
    this.#left -= interval;
    const next = () => (this.#left > 0 ? this.#transmit(Math.min(2 * interval, T2)) : this.#unheard());
    this.#timer = setTimeout(next, interval);
  }
}
