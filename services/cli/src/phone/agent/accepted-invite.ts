import type { AgentCore, ServerTx } from './core.ts';
import { Deadline } from './deadline.ts';

// RFC 3261 §17.1.1.1 and §17.1.2.2, in ms.
const t1 = 500;
const t2 = 4_000;

/** A 2xx to an INVITE: sent again until its ACK comes, over any transport (RFC 3261 §13.3.1.4). */
export class AcceptedInvite {
  readonly #core: AgentCore;
  readonly #tx: ServerTx;
  readonly #text: string;
  readonly #unacknowledged: () => void;
  readonly #timer: Deadline;
  readonly #end: number;
  #interval = t1;

  /** `text` is the response; `unacknowledged` is called when there is no ACK within 64*T1. */
  constructor(core: AgentCore, tx: ServerTx, text: string, unacknowledged: () => void) {
    this.#core = core;
    this.#tx = tx;
    this.#text = text;
    this.#unacknowledged = unacknowledged;
    this.#timer = new Deadline(core.layer.wheel, (now) => this.#again(now));
    const now = core.clock();
    this.#end = now + 64 * t1;
    this.#send(now);
  }

  /** The CSeq number that its ACK has. */
  get sequence(): number {
    return this.#tx.request.cseq.number;
  }

  /** Stops: the ACK is there, or the call is over. */
  stop(): void {
    this.#timer.cancel();
  }

  #again(now: number): void {
    this.#interval = Math.min(2 * this.#interval, t2);
    if (now < this.#end) this.#send(now);
    else this.#unacknowledged();
  }

  #send(now: number): void {
    this.#timer.set(Math.min(now + this.#interval, this.#end));
    this.#core.layer.respond(this.#tx, this.#text, now);
  }
}
