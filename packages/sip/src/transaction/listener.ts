import type { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import type { EndCause } from './effect.ts';
import type { ServerTransaction } from './server-transaction.ts';

/** Where messages come from and go to: always the same object for the same flow. */
export interface Flow {
  /** Whether the transport itself retransmits, as all but UDP do. */
  readonly reliable: boolean;
  /** What carries its messages, when that is another flow: with that it is lost. */
  readonly carrier?: Flow;
}

/** Why a client transaction ended without a final response. */
export type TransactionFailure = Exclude<EndCause, 'done'>;

export interface Transport<F extends Flow> {
  /** Sends a message, latin1. A failure is told by `unreachable` or `lost` of the layer, at once or later. */
  send(text: string, flow: F): void;
  /** What one of the listener's functions has thrown. */
  error(error: unknown): void;
}

/** `S` is what the user keeps with a server transaction. */
export interface ServerListener<F extends Flow, S extends object> extends Transport<F> {
  /** A new request; a CANCEL comes here when it matches no INVITE (481). If this throws, the transaction is gone. */
  request(tx: ServerTransaction<F, S>, now: number): void;
  /** A CANCEL that matches an INVITE: to be answered 200. `invite` is missing when that has its final response. */
  cancel(tx: ServerTransaction<F, S>, invite: ServerTransaction<F, S> | undefined, now: number): void;
  /** An ACK that belongs to no transaction: of a 2xx, or of a response after which the INVITE was discarded. */
  ack(request: SipRequest, flow: F, now: number): void;
  /** The transaction is over: the final response to an INVITE has no ACK, or another request no final response. */
  expired(tx: ServerTransaction<F, S>, now: number): void;
}

/** `C` is what the user keeps with a client transaction. */
export interface ClientListener<F extends Flow, C extends object> extends Transport<F> {
  /** Each provisional response and one final; to an INVITE each 2xx, also repeated ones (RFC 6026 §8.4). */
  response(user: C, response: SipResponse, now: number): void;
  /** There will be no response. */
  failedTransaction(user: C, cause: TransactionFailure, now: number): void;
}

/** The transaction user, and the transport below. Each function may call the layer. */
export interface TransactionListener<F extends Flow, S extends object, C extends object>
  extends ServerListener<F, S>,
    ClientListener<F, C> {
  /** A response that matches nothing: for the node that owns its branch, else to be dropped (RFC 6026 §7.3). */
  stray(response: SipResponse, flow: F, now: number): void;
}
