import { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import { TimerWheel } from '../timer/wheel.ts';
import { Branches } from './branch.ts';
import { ClientTable } from './client-table.ts';
import type { ClientMachine, ClientTransaction } from './client-transaction.ts';
import type { Flow, TransactionListener } from './listener.ts';
import { ServerTable } from './server-table.ts';
import { type ServerMachine, ServerTransaction } from './server-transaction.ts';
import type { Tally } from './table.ts';

export interface LayerOptions {
  /** In our branches, see `Branches`; unique among the nodes. */
  readonly node: string;
  /** Transactions of all kinds, finished ones included, before new ones are refused. */
  readonly capacity: number;
  /** In ms, of the clock that `advance` will follow; later than at any earlier start of the node. */
  readonly now: number;
}

/** The share of the capacity that only what comes first may take. */
const reserved = 0.1;

/** Whether a new request may have a transaction: if there is room, if there is more than a little, or not at all. */
export type Welcome = 'first' | 'yes' | 'no';

/** How many transactions there are of each kind. */
export type Tallies = Readonly<Record<(ClientMachine | ServerMachine)['kind'], Readonly<Tally>>>;

/**
 * The transaction layer (RFC 3261 §17): all transactions of a process and the timer wheel. It does no input or output:
 * messages and the time come in, whatever follows goes to the listener. `F` is a flow, `S` and `C` are what the user
 * keeps with a server and with a client transaction.
 */
export class TransactionLayer<F extends Flow, S extends object, C extends object> {
  /** The one wheel of the process; others may arm their timers in it. */
  readonly wheel: TimerWheel;
  readonly #capacity: number;
  readonly #listener: TransactionListener<F, S, C>;
  readonly #servers: ServerTable<F, S>;
  readonly #clients: ClientTable<F, C>;

  constructor(listener: TransactionListener<F, S, C>, options: LayerOptions) {
    this.wheel = new TimerWheel(options.now);
    this.#capacity = options.capacity;
    this.#listener = listener;
    this.#servers = new ServerTable(this.wheel, listener);
    this.#clients = new ClientTable(new Branches(options.node, options.now), this.wheel, listener);
  }

  /**
   * Takes a message that has passed `checkMessage`. False when it is a new request that is unwelcome, or there is no
   * room for it: the caller answers 503 without a transaction.
   */
  receive(message: SipRequest | SipResponse, flow: F, now: number, welcome: Welcome = 'first'): boolean {
    if (!(message instanceof SipRequest)) {
      if (!this.#clients.receive(message, now)) this.#stray(message, flow, now);
      return true;
    }
    if (message.method !== 'ACK') return this.#servers.receive(message, flow, now, !this.#hasRoom(welcome));
    this.#servers.acknowledge(message, flow, now);
    return true;
  }

  /** Fires the timers that are due; to be called every `tickMs`. */
  advance(now: number): void {
    this.wheel.advance(now);
  }

  /** Answers a request; `text` is the response. What the state does not allow any more is dropped. */
  respond(tx: ServerTransaction<F, S>, text: string, now: number): void {
    this.#servers.respond(tx, text, now);
  }

  /** Answers and forgets, as without a transaction: a retransmission counts as new, an ACK goes to the listener. */
  respondOnce(tx: ServerTransaction<F, S>, text: string, now: number): void {
    this.#servers.respondOnce(tx, text, now);
  }

  /**
   * Makes room for a request: its branch has to stand in its top Via. `suffix` ends the branch. Undefined when there
   * is no room. What is not sent within 64*T1 has failed.
   */
  prepare(
    method: string,
    flow: F,
    user: C,
    suffix: string,
    now: number,
  ): ClientTransaction<F, C> | undefined {
    return this.#isFull() ? undefined : this.#clients.prepare(method, flow, user, suffix, now);
  }

  /** Sends the request for which room was made; `text` is all of it. */
  request(tx: ClientTransaction<F, C>, text: string, now: number): void {
    this.#clients.request(tx, text, now);
  }

  /**
   * Cancels an INVITE, as soon as it has a provisional response (§9.1); what has its final response is left alone.
   * `reason` is the value of a Reason header (RFC 3326).
   */
  cancel(tx: ClientTransaction<F, C>, now: number, reason?: string): void {
    this.#clients.cancel(tx, reason, now);
  }

  /** Forgets a transaction: nothing more is sent, received or told. */
  discard(tx: ServerTransaction<F, S> | ClientTransaction<F, C>, now: number): void {
    if (tx instanceof ServerTransaction) this.#servers.discard(tx, now);
    else this.#clients.discard(tx, now);
  }

  /** Says that the transport could not send the last message of a client transaction. */
  unreachable(tx: ClientTransaction<F, C>, now: number): void {
    this.#clients.unreachable(tx, now);
  }

  /** Says that a reliable flow is gone, or one that carries others. Server transactions stay (RFC 6026 §8.8). */
  lost(flow: F, now: number): void {
    this.#clients.lost(flow, now);
  }

  /** Whether a request over a reliable flow waits for its final response. */
  awaits(flow: F): boolean {
    return this.#clients.awaits(flow);
  }

  /** Requests that had come before, and ended here. */
  get repeated(): number {
    return this.#servers.repeated;
  }

  get tallies(): Tallies {
    return { ...this.#servers.tallies, ...this.#clients.tallies };
  }

  #hasRoom(welcome: Welcome): boolean {
    const reserve = welcome === 'first' ? 0 : Math.floor(this.#capacity * reserved);
    return welcome !== 'no' && this.#servers.size + this.#clients.size < this.#capacity - reserve;
  }

  #isFull(): boolean {
    return this.#servers.size + this.#clients.size >= this.#capacity;
  }

  #stray(response: SipResponse, flow: F, now: number): void {
    try {
      this.#listener.stray(response, flow, now);
    } catch (error) {
      this.#listener.error(error);
    }
  }
}
