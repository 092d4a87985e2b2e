import { setTimeout as delay, setInterval } from 'node:timers/promises';
import { Refused } from './agent.ts';
import type { Conversation } from './conversation.ts';
import type { Party } from './party.ts';
import { Unanswered } from './transaction.ts';

/** What became of the calls of a load. */
export class Tally {
  attempts: number = 0;
  answered: number = 0;
  /** The Call-IDs of those that were answered. */
  readonly callIds: string[] = [];
  /** Ended by a BYE that was answered 200. */
  ended: number = 0;
  /** How many failed, by cause. */
  readonly failures: Map<string, number> = new Map();
  /** When each refusal came, by `performance.now()`. */
  readonly refusals: { readonly at: number; readonly status: number; readonly retryAfter: string }[] = [];

  fail(cause: string): void {
    this.failures.set(cause, (this.failures.get(cause) ?? 0) + 1);
  }

  refuse({ status, retryAfter, message }: Refused): void {
    this.refusals.push({ at: performance.now(), status, retryAfter });
    this.fail(`INVITE ${message}`);
  }

  /** How many calls did not come about. */
  get unanswered(): number {
    return this.attempts - this.answered;
  }

  /** The counts, and the failures by cause. */
  get summary(): string {
    const causes = [...this.failures].map(([cause, count]) => `${cause}: ${count}`);
    return `${this.attempts} calls, ${this.answered} answered, ${this.ended} ended${causes.map((cause) => `; ${cause}`).join('')}`;
  }
}

export interface LoadOptions {
  /** Calls a second. */
  readonly rate: number;
  /** How long a call lasts, in milliseconds. */
  readonly duration: number;
}

/** Calls at a steady rate until it is stopped. */
export class Load {
  readonly tally: Tally = new Tally();
  readonly #party: Party;
  readonly #options: LoadOptions;
  readonly #calls = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #driven: Promise<void>;

  constructor(party: Party, options: LoadOptions) {
    this.#party = party;
    this.#options = options;
    this.#driven = this.#drive();
  }

  /** Takes no more calls, and waits until the last has ended. */
  async finish(): Promise<Tally> {
    this.#stop.abort();
    await this.#driven;
    await Promise.all(this.#calls);
    return this.tally;
  }

  async #drive(): Promise<void> {
    const began = performance.now();
    const { signal } = this.#stop;
    try {
      for await (const _ of setInterval(1000 / this.#options.rate, undefined, { signal })) {
        const due = ((performance.now() - began) / 1000) * this.#options.rate;
        if (!this.#party.isOpen) break;
        while (this.tally.attempts < due) this.#attempt();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #attempt(): void {
    this.tally.attempts += 1;
    const call = this.#one().finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  async #one(): Promise<void> {
    const { tally } = this;
    const call = await this.#party.call().catch((error: unknown) => this.#refused(error));
    if (!call) return;
    tally.answered += 1;
    tally.callIds.push(call.callId);
    const status = await this.#end(call).catch((error: Error) =>
      error instanceof Unanswered ? 'unanswered' : error.message,
    );
    // 481: its peer had already hung up by this BYE, and the answer was lost.
    if (status === 200 || status === 481) tally.ended += 1;
    else tally.fail(`BYE ${status}`);
  }

  async #end(call: Conversation): Promise<number> {
    await delay(this.#options.duration);
    return call.end(this.tally.ended % 2 ? 'callee' : 'caller');
  }

  #refused(error: unknown): void {
    // A test that failed has left.
    if (!this.#party.isOpen) return;
    if (error instanceof Unanswered) {
      this.tally.fail(error.provisional ? 'INVITE rang out' : 'INVITE unheard');
    } else if (error instanceof Refused) this.tally.refuse(error);
    else throw error;
  }
}
