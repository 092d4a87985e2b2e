import { type TimerName, timers } from './timers.ts';

/** Why a transaction is over. `timeout` and `unreachable` are told to its user. */
export type EndCause = 'done' | 'timeout' | 'unreachable';

/**
 * What any machine asks of the transaction layer. Timers and the end come first in a list, then what is sent, then what
 * the user is told: whatever the transport and the user do, the state is settled.
 */
export type Effect =
  | { readonly do: 'arm'; readonly timer: TimerName; readonly after: number }
  | { readonly do: 'disarm'; readonly timer: TimerName }
  | { readonly do: 'end'; readonly cause: EndCause }
  /** Send the `text` of the state. */
  | { readonly do: 'send' }
  /** Hand the message that came with the input to the user. */
  | { readonly do: 'deliver' };

/** Send the `cancel` of the state, as a transaction of its own. */
interface SendCancel {
  readonly do: 'cancel';
}

/** Send the text that came with the input. */
interface Forward {
  readonly do: 'forward';
}

/** Answer 100 on behalf of the user. */
interface AnswerTrying {
  readonly do: 'trying';
}

/** Lists that are always the same are shared, so that a step allocates next to nothing. */
export type ClientEffects = readonly (Effect | SendCancel)[];
export type ServerEffects = readonly (Effect | Forward | AnswerTrying)[];

export const nothing: readonly never[] = [];
export const send: Effect = { do: 'send' };
export const deliver: Effect = { do: 'deliver' };
export const sendCancel: SendCancel = { do: 'cancel' };
export const forward: Forward = { do: 'forward' };
export const answerTrying: AnswerTrying = { do: 'trying' };

/** Starts a timer, by default with its value for an unreliable transport. */
export function arm(timer: TimerName, after: number = timers[timer].unreliable): Effect {
  return { do: 'arm', timer, after };
}

export function disarm(timer: TimerName): Effect {
  return { do: 'disarm', timer };
}

export function end(cause: EndCause): Effect {
  return { do: 'end', cause };
}

/** One list for each kind of transport. */
export interface EffectsByTransport {
  readonly unreliable: readonly Effect[];
  readonly reliable: readonly Effect[];
}

/** Over a reliable transport some timers are not started, and where nothing can come any more it ends. */
export function byTransport(...effects: Effect[]): EffectsByTransport {
  return { unreliable: effects, reliable: effects.flatMap(overReliable) };
}

function overReliable(effect: Effect): Effect[] {
  if (effect.do !== 'arm' || timers[effect.timer].reliable > 0) return [effect];
  return timers[effect.timer].role === 'rest' ? [end('done')] : [];
}
