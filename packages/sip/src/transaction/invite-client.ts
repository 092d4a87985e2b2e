import type { SipResponse } from '../message/response.ts';
import { ackFor } from './ack.ts';
import {
  arm,
  byTransport,
  type ClientEffects,
  deliver,
  disarm,
  end,
  nothing,
  send,
  sendCancel,
} from './effect.ts';
import type { ClientInput } from './input.ts';
import { timers } from './timers.ts';

/** The client transaction of an INVITE (RFC 3261 §17.1.1, RFC 6026 §8.4). Plain data. */
export interface InviteClient {
  readonly kind: 'invite-client';
  readonly reliable: boolean;
  state: 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';
  /** What is sent again: the INVITE, then the ACK. */
  text: string;
  /** The CANCEL that was asked for, or nothing. */
  cancel: string;
  /** Of timer A, in ms. */
  interval: number;
}

export function inviteClient(text: string, reliable: boolean): InviteClient {
  const interval = timers.A.unreliable;
  return { kind: 'invite-client', reliable, state: 'calling', text, cancel: '', interval };
}

const calls = byTransport(arm('A'), arm('B'), send);
const rings: ClientEffects = [disarm('A'), disarm('B'), deliver];
const ringsAndCancels: ClientEffects = [disarm('A'), arm('B'), sendCancel, deliver];
const cancels: ClientEffects = [arm('B'), sendCancel];
const accepts: ClientEffects = [disarm('A'), disarm('B'), arm('M'), deliver];
const completes = byTransport(disarm('A'), disarm('B'), arm('D'), send, deliver);
const delivers: ClientEffects = [deliver];
const acknowledges: ClientEffects = [send];
const timesOut: ClientEffects = [end('timeout')];
const breaks: ClientEffects = [end('unreachable')];
const ends: ClientEffects = [end('done')];

export function stepInviteClient(tx: InviteClient, input: ClientInput): ClientEffects {
  if (input.on === 'discard' && tx.state !== 'terminated') return terminate(tx, ends);
  switch (tx.state) {
    case 'calling':
      return calling(tx, input);
    case 'proceeding':
      return proceeding(tx, input);
    case 'accepted':
      return accepted(tx, input);
    case 'completed':
      return completed(tx, input);
    case 'terminated':
      return nothing;
  }
}

function calling(tx: InviteClient, input: ClientInput): ClientEffects {
  switch (input.on) {
    case 'start':
      return tx.reliable ? calls.reliable : calls.unreliable;
    case 'provisional':
      tx.state = 'proceeding';
      return tx.cancel === '' ? rings : ringsAndCancels;
    case 'success':
      return accept(tx);
    case 'failure':
      return complete(tx, input.response);
    // §9.1: a CANCEL must wait for a provisional response.
    case 'cancel':
      tx.cancel = input.text;
      return nothing;
    case 'unreachable':
    case 'severed':
      return terminate(tx, breaks);
    case 'timer':
      if (input.timer === 'A') return callAgain(tx);
      return input.timer === 'B' ? terminate(tx, timesOut) : nothing;
    default:
      return nothing;
  }
}

/** Nothing is sent in this state, so that a broken transport is not noticed: the response may come by another. */
function proceeding(tx: InviteClient, input: ClientInput): ClientEffects {
  switch (input.on) {
    case 'provisional':
      return delivers;
    case 'success':
      return accept(tx);
    case 'failure':
      return complete(tx, input.response);
    case 'cancel':
      if (tx.cancel !== '') return nothing;
      tx.cancel = input.text;
      return cancels;
    case 'severed':
      return terminate(tx, breaks);
    // §9.1: the peer has not answered the INVITE within 64*T1 of the CANCEL.
    case 'timer':
      return input.timer === 'B' ? terminate(tx, timesOut) : nothing;
    default:
      return nothing;
  }
}

/** RFC 6026 §8.4: each 2xx goes to the user, also those of other branches downstream. */
function accepted(tx: InviteClient, input: ClientInput): ClientEffects {
  switch (input.on) {
    case 'success':
      return delivers;
    case 'timer':
      return input.timer === 'M' ? terminate(tx, ends) : nothing;
    default:
      return nothing;
  }
}

function completed(tx: InviteClient, input: ClientInput): ClientEffects {
  switch (input.on) {
    case 'failure':
      return acknowledges;
    // The user has its response and can do nothing about a lost ACK.
    case 'unreachable':
    case 'severed':
      return terminate(tx, ends);
    case 'timer':
      return input.timer === 'D' ? terminate(tx, ends) : nothing;
    default:
      return nothing;
  }
}

/** §17.1.1.2: the interval doubles without a cap. */
function callAgain(tx: InviteClient): ClientEffects {
  tx.interval *= 2;
  return [arm('A', tx.interval), send];
}

function accept(tx: InviteClient): ClientEffects {
  tx.state = 'accepted';
  tx.text = '';
  tx.cancel = '';
  return accepts;
}

function complete(tx: InviteClient, response: SipResponse): ClientEffects {
  tx.text = ackFor(tx.text, response);
  tx.cancel = '';
  if (tx.reliable) return terminate(tx, completes.reliable);
  tx.state = 'completed';
  return completes.unreliable;
}

function terminate(tx: InviteClient, effects: ClientEffects): ClientEffects {
  tx.state = 'terminated';
  return effects;
}
