import { fnv, scatter } from '@tandem/platform';
import type { SipRequest } from '@tandem/sip';
import type { Rank } from './shedding.ts';

/** What a request is: what goes on, or ends, comes before what begins. */
export function rankOf({ method, to }: SipRequest): Rank {
  if (method === 'CANCEL' || method === 'ACK') return 'first';
  if (method === 'REGISTER') return 'registration';
  if (to.params.has('tag')) return 'first';
  return method === 'OPTIONS' ? 'probe' : 'call';
}

const outcomes = 2 ** 32;
/** Milliseconds after which a name is in luck or not anew. */
const turn = 8_192;

/**
 * A number from 0 to 1 that all requests of one Call-ID have for a while: a call that was let in is let in with its
 * credentials as well, and a phone that registers is not the one that is refused for ever.
 */
export function lotOf(callId: string, now: number): number {
  return scatter(fnv(callId, 0x811c9dc5 ^ Math.floor(now / turn))) / outcomes;
}
