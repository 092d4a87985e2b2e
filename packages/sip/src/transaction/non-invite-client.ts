import { arm, byTransport, type ClientEffects, deliver, disarm, end, nothing, send } from './effect.ts';
import type { ClientInput } from './input.ts';
import { t2, timers } from './timers.ts';

/** The client transaction of a request other than INVITE (RFC 3261 §17.1.2). Plain data. */
export interface NonInviteClient {
  readonly kind: 'non-invite-client';
  readonly reliable: boolean;
  state: 'trying' | 'proceeding' | 'completed' | 'terminated';
  /** What is sent again. */
  text: string;
  /** Of timer E, in ms. */
  interval: number;
}

export function nonInviteClient(text: string, reliable: boolean): NonInviteClient {
  return { kind: 'non-invite-client', reliable, state: 'trying', text, interval: timers.E.unreliable };
}

const tries = byTransport(arm('E'), arm('F'), send);
const completes = byTransport(disarm('E'), disarm('F'), arm('K'), deliver);
const delivers: ClientEffects = [deliver];
const timesOut: ClientEffects = [end('timeout')];
const breaks: ClientEffects = [end('unreachable')];
const ends: ClientEffects = [end('done')];

export function stepNonInviteClient(tx: NonInviteClient, input: ClientInput): ClientEffects {
  if (input.on === 'discard' && tx.state !== 'terminated') return terminate(tx, ends);
  switch (tx.state) {
    case 'trying':
      return trying(tx, input);
    case 'proceeding':
      return proceeding(tx, input);
    case 'completed':
      return completed(tx, input);
    case 'terminated':
      return nothing;
  }
}

function trying(tx: NonInviteClient, input: ClientInput): ClientEffects {
  switch (input.on) {
    case 'start':
      return tx.reliable ? tries.reliable : tries.unreliable;
    case 'provisional':
      tx.state = 'proceeding';
      return delivers;
    case 'timer':
      if (input.timer === 'E') return tryAgain(tx, Math.min(2 * tx.interval, t2));
      return input.timer === 'F' ? terminate(tx, timesOut) : nothing;
    default:
      return answeredOrBroken(tx, input);
  }
}

/** Unlike an INVITE it is sent again after a provisional response, because its final response is not. */
function proceeding(tx: NonInviteClient, input: ClientInput): ClientEffects {
  switch (input.on) {
    case 'provisional':
      return delivers;
    case 'timer':
      if (input.timer === 'E') return tryAgain(tx, t2);
      return input.timer === 'F' ? terminate(tx, timesOut) : nothing;
    default:
      return answeredOrBroken(tx, input);
  }
}

/** Retransmissions of the final response are absorbed. */
function completed(tx: NonInviteClient, input: ClientInput): ClientEffects {
  return input.on === 'timer' && input.timer === 'K' ? terminate(tx, ends) : nothing;
}

function answeredOrBroken(tx: NonInviteClient, input: ClientInput): ClientEffects {
  switch (input.on) {
    case 'success':
    case 'failure':
      return complete(tx);
    case 'unreachable':
    case 'severed':
      return terminate(tx, breaks);
    default:
      return nothing;
  }
}

function tryAgain(tx: NonInviteClient, interval: number): ClientEffects {
  tx.interval = interval;
  return [arm('E', interval), send];
}

function complete(tx: NonInviteClient): ClientEffects {
  tx.text = '';
  if (tx.reliable) return terminate(tx, completes.reliable);
  tx.state = 'completed';
  return completes.unreliable;
}

function terminate(tx: NonInviteClient, effects: ClientEffects): ClientEffects {
  tx.state = 'terminated';
  return effects;
}
