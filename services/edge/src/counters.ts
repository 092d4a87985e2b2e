import { type Transport, transports } from './socket/transport.ts';

/** What an edge has seen, for metrics. */
export interface Counters {
  readonly received: Record<Transport, number>;
  readonly sent: Record<Transport, number>;
  /** Dropped without an answer: no SIP, a stray response, an ACK of nothing. */
  dropped: number;
  /** Answered 400 and the like before anything was looked up. */
  malformed: number;
  /** Answered 503 because there was no room. */
  shed: number;
  /** From a source that is banned. */
  banned: number;
  /** Beyond what a source may send of anything: not even read. */
  flooded: number;
  /** From who calls itself a scanner. */
  scanners: number;
  /** Answered 503: more requests than a source may send. */
  limited: number;
  /** From who never answered a challenge. */
  strangers: number;
  challenged: number;
  registered: number;
  /** Requests sent over a flow of ours for another edge. */
  relayed: number;
  /** Responses to another edge, sent on to it. */
  handedOver: number;
}

export function createCounters(): Counters {
  const none = { dropped: 0, malformed: 0, shed: 0 };
  const guarded = { banned: 0, flooded: 0, scanners: 0, limited: 0, strangers: 0 };
  return {
    received: noneOfEach(),
    sent: noneOfEach(),
    ...none,
    ...guarded,
    challenged: 0,
    registered: 0,
    relayed: 0,
    handedOver: 0,
  };
}

function noneOfEach(): Record<Transport, number> {
  return Object.fromEntries(transports.map((each) => [each, 0])) as Record<Transport, number>;
}
