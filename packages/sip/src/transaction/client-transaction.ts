import { Entry } from './entry.ts';
import type { InviteClient } from './invite-client.ts';
import type { NonInviteClient } from './non-invite-client.ts';
import type { TimerName } from './timers.ts';

export type ClientMachine = InviteClient | NonInviteClient;

/** What a client transaction is about. */
export interface ClientIdentity<C> {
  readonly method: string;
  readonly branch: string;
  /** The place in the table; -1 for a CANCEL, which shares the branch of its INVITE. */
  readonly slot: number;
  /** Who gets the responses; nobody those to a CANCEL. */
  readonly user: C | undefined;
}

/** A request that was sent. */
export class ClientTransaction<F, C> extends Entry<F, ClientMachine> {
  readonly method: string;
  /** For the top Via of the request. */
  readonly branch: string;
  /** The layer's, like all below. */
  readonly slot: number;
  user: C | undefined;
  readonly #table: ClientTimers<F, C>;

  constructor(identity: ClientIdentity<C>, flow: F, machine: ClientMachine, table: ClientTimers<F, C>) {
    super(flow, machine);
    this.method = identity.method;
    this.branch = identity.branch;
    this.slot = identity.slot;
    this.user = identity.user;
    this.#table = table;
  }

  fired(timer: TimerName, now: number): void {
    this.#table.fired(this, timer, now);
  }

  /** An INVITE that was accepted may get more 2xx; for all others the user has heard everything. */
  shrink(): void {
    if (this.machine.state !== 'accepted') this.user = undefined;
    this.resend = undefined;
  }
}

interface ClientTimers<F, C> {
  fired(tx: ClientTransaction<F, C>, timer: TimerName, now: number): void;
}
