import {
  answerTrying,
  arm,
  byTransport,
  deliver,
  disarm,
  end,
  nothing,
  type ServerEffects,
  send,
} from './effect.ts';
import type { ServerInput } from './input.ts';

/** The server transaction of a request other than INVITE (RFC 3261 §17.2.2, RFC 4320). Plain data. */
export interface NonInviteServer {
  readonly kind: 'non-invite-server';
  readonly reliable: boolean;
  state: 'trying' | 'proceeding' | 'completed' | 'terminated';
  /** The response that is sent again, or nothing. */
  text: string;
}

export function nonInviteServer(reliable: boolean): NonInviteServer {
  return { kind: 'non-invite-server', reliable, state: 'trying', text: '' };
}

const arrives: ServerEffects = [arm('LateTrying'), arm('Unanswered'), deliver];
const answersTrying: ServerEffects = [answerTrying];
const proceeds: ServerEffects = [disarm('LateTrying'), send];
const completes = byTransport(disarm('LateTrying'), disarm('Unanswered'), arm('J'), send);
const sends: ServerEffects = [send];
const timesOut: ServerEffects = [end('timeout')];
const ends: ServerEffects = [end('done')];

/** A response that cannot be sent changes nothing (RFC 6026 §8.8): the timers come to the end. */
export function stepNonInviteServer(tx: NonInviteServer, input: ServerInput): ServerEffects {
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

/** A retransmission is discarded here (§17.2.2). Of provisional responses only 100 may be sent (RFC 4320 §4.1). */
function trying(tx: NonInviteServer, input: ServerInput): ServerEffects {
  switch (input.on) {
    case 'start':
      return arrives;
    // RFC 4320 §4.1: over an unreliable transport not before LateTrying.
    case 'trying':
      return tx.reliable ? proceed(tx, input.text) : nothing;
    case 'success':
    case 'failure':
      return complete(tx, input.text);
    case 'timer':
      if (input.timer === 'LateTrying') return beginTrying(tx);
      return input.timer === 'Unanswered' ? terminate(tx, timesOut) : nothing;
    default:
      return nothing;
  }
}

function proceeding(tx: NonInviteServer, input: ServerInput): ServerEffects {
  switch (input.on) {
    case 'retransmission':
      return tx.text === '' ? nothing : sends;
    case 'trying':
      return proceed(tx, input.text);
    case 'success':
    case 'failure':
      return complete(tx, input.text);
    case 'timer':
      return input.timer === 'Unanswered' ? terminate(tx, timesOut) : nothing;
    default:
      return nothing;
  }
}

function completed(tx: NonInviteServer, input: ServerInput): ServerEffects {
  switch (input.on) {
    case 'retransmission':
      return sends;
    case 'timer':
      return input.timer === 'J' ? terminate(tx, ends) : nothing;
    default:
      return nothing;
  }
}

function proceed(tx: NonInviteServer, text: string): ServerEffects {
  tx.state = 'proceeding';
  tx.text = text;
  return proceeds;
}

function beginTrying(tx: NonInviteServer): ServerEffects {
  tx.state = 'proceeding';
  return answersTrying;
}

function complete(tx: NonInviteServer, text: string): ServerEffects {
  tx.text = text;
  if (tx.reliable) return terminate(tx, completes.reliable);
  tx.state = 'completed';
  return completes.unreliable;
}

function terminate(tx: NonInviteServer, effects: ServerEffects): ServerEffects {
  tx.state = 'terminated';
  return effects;
}
