import type { SipRequest } from '../message/request.ts';
import { Entry } from './entry.ts';
import type { InviteServer } from './invite-server.ts';
import type { NonInviteServer } from './non-invite-server.ts';
import type { TimerName } from './timers.ts';

export type ServerMachine = InviteServer | NonInviteServer;

/** A request and its responses, as the transaction user sees it. */
export class ServerTransaction<F, S> {
  readonly request: SipRequest;
  /** The user's own. */
  user: S | undefined = undefined;
  /** The layer's. */
  readonly entry: ServerEntry<F, S>;

  constructor(request: SipRequest, entry: ServerEntry<F, S>) {
    this.request = request;
    this.entry = entry;
  }

  /** Where the request came from and its responses go. */
  get flow(): F {
    return this.entry.flow;
  }
}

/** What the table keeps of a server transaction; when that has finished, only the last response and the timer. */
export class ServerEntry<F, S> extends Entry<F, ServerMachine> {
  readonly key: string;
  tx: ServerTransaction<F, S> | undefined;
  readonly #table: ServerTimers<F, S>;

  constructor(request: SipRequest, flow: F, key: string, machine: ServerMachine, table: ServerTimers<F, S>) {
    super(flow, machine);
    this.key = key;
    this.tx = new ServerTransaction(request, this);
    this.#table = table;
  }

  fired(timer: TimerName, now: number): void {
    this.#table.fired(this, timer, now);
  }

  shrink(): void {
    this.tx = undefined;
    this.resend = undefined;
  }
}

interface ServerTimers<F, S> {
  fired(entry: ServerEntry<F, S>, timer: TimerName, now: number): void;
}
