import type { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import type { TimerName } from './timers.ts';

interface TimerFired {
  readonly on: 'timer';
  readonly timer: TimerName;
}

/** The user gives the transaction up. */
interface Discard {
  readonly on: 'discard';
}

export type ClientInput =
  | { readonly on: 'start' }
  /** A response came: 1xx, 2xx, or 300 to 699. */
  | { readonly on: 'provisional' | 'success' | 'failure'; readonly response: SipResponse }
  /** The user cancels; `text` is the CANCEL. */
  | { readonly on: 'cancel'; readonly text: string }
  /** The transport could not send. */
  | { readonly on: 'unreachable' }
  /** Whoever carried the request is gone, and with it all that could bring a response. */
  | { readonly on: 'severed' }
  | TimerFired
  | Discard;

export type ServerInput =
  | { readonly on: 'start' }
  | { readonly on: 'retransmission' }
  | { readonly on: 'ack'; readonly request: SipRequest }
  /** The user answers: 100, another 1xx, 2xx, or 300 to 699. */
  | { readonly on: 'trying' | 'provisional' | 'success' | 'failure'; readonly text: string }
  | TimerFired
  | Discard;
