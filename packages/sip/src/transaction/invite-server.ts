import {
  answerTrying,
  arm,
  byTransport,
  deliver,
  disarm,
  end,
  forward,
  nothing,
  type ServerEffects,
  send,
} from './effect.ts';
import type { ServerInput } from './input.ts';
import { t2, timers } from './timers.ts';

/** The server transaction of an INVITE (RFC 3261 §17.2.1, RFC 6026 §7.1 and §8.7). Plain data. */
export interface InviteServer {
  readonly kind: 'invite-server';
  readonly reliable: boolean;
  state: 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';
  /** The response that is sent again, or nothing. */
  text: string;
  /** Of timer G, in ms. */
  interval: number;
}

export function inviteServer(reliable: boolean): InviteServer {
  return { kind: 'invite-server', reliable, state: 'proceeding', text: '', interval: timers.G.unreliable };
}

const arrives: ServerEffects = [arm('Trying'), deliver];
const answersTrying: ServerEffects = [answerTrying];
const rings: ServerEffects = [disarm('Trying'), send];
const accepts: ServerEffects = [disarm('Trying'), arm('L'), forward];
const completes = byTransport(disarm('Trying'), arm('G'), arm('H'), send);
const confirms = byTransport(disarm('G'), disarm('H'), arm('I'));
const sends: ServerEffects = [send];
const forwards: ServerEffects = [forward];
const delivers: ServerEffects = [deliver];
const timesOut: ServerEffects = [end('timeout')];
const ends: ServerEffects = [end('done')];

/** A response that cannot be sent changes nothing (RFC 6026 §8.8): the timers come to the end. */
export function stepInviteServer(tx: InviteServer, input: ServerInput): ServerEffects {
  if (input.on === 'discard' && tx.state !== 'terminated') return terminate(tx, ends);
  switch (tx.state) {
    case 'proceeding':
      return proceeding(tx, input);
    case 'accepted':
      return accepted(tx, input);
    case 'completed':
      return completed(tx, input);
    case 'confirmed':
      return confirmed(tx, input);
    case 'terminated':
      return nothing;
  }
}

function proceeding(tx: InviteServer, input: ServerInput): ServerEffects {
  switch (input.on) {
    case 'start':
      return arrives;
    case 'retransmission':
      return tx.text === '' ? nothing : sends;
    case 'trying':
    case 'provisional':
      tx.text = input.text;
      return rings;
    case 'success':
      return accept(tx);
    case 'failure':
      return complete(tx, input.text);
    // §17.2.1: 100 unless the user answers within 200 ms.
    case 'timer':
      return input.timer === 'Trying' ? answersTrying : nothing;
    default:
      return nothing;
  }
}

/** RFC 6026 §8.7: the 2xx is repeated by whoever created it, and a proxy may pass several. */
function accepted(tx: InviteServer, input: ServerInput): ServerEffects {
  switch (input.on) {
    case 'success':
      return forwards;
    case 'ack':
      return delivers;
    case 'timer':
      return input.timer === 'L' ? terminate(tx, ends) : nothing;
    default:
      return nothing;
  }
}

function completed(tx: InviteServer, input: ServerInput): ServerEffects {
  switch (input.on) {
    case 'retransmission':
      return sends;
    case 'ack':
      return confirm(tx);
    case 'timer':
      if (input.timer === 'G') return answerAgain(tx);
      return input.timer === 'H' ? terminate(tx, timesOut) : nothing;
    default:
      return nothing;
  }
}

/** Absorbs the ACKs that answer retransmissions of the response. */
function confirmed(tx: InviteServer, input: ServerInput): ServerEffects {
  return input.on === 'timer' && input.timer === 'I' ? terminate(tx, ends) : nothing;
}

function accept(tx: InviteServer): ServerEffects {
  tx.state = 'accepted';
  tx.text = '';
  return accepts;
}

function complete(tx: InviteServer, text: string): ServerEffects {
  tx.state = 'completed';
  tx.text = text;
  return tx.reliable ? completes.reliable : completes.unreliable;
}

function confirm(tx: InviteServer): ServerEffects {
  tx.text = '';
  if (tx.reliable) return terminate(tx, confirms.reliable);
  tx.state = 'confirmed';
  return confirms.unreliable;
}

/** §17.2.1: doubles up to T2. */
function answerAgain(tx: InviteServer): ServerEffects {
  tx.interval = Math.min(2 * tx.interval, t2);
  return [arm('G', tx.interval), send];
}

function terminate(tx: InviteServer, effects: ServerEffects): ServerEffects {
  tx.state = 'terminated';
  return effects;
}
