/** What an edge has seen, for metrics. */
export interface Counters {
  received: number;
  sent: number;
  /** Dropped without an answer: no SIP, a stray response, an ACK of nothing. */
  dropped: number;
  /** Answered 400 and the like before anything was looked up. */
  malformed: number;
  /** Answered 503 because there was no room. */
  shed: number;
  challenged: number;
  registered: number;
  /** Requests sent over a flow of ours for another edge. */
  relayed: number;
  /** Responses to another edge, sent on to it. */
  handedOver: number;
}

export function createCounters(): Counters {
  const none = { received: 0, sent: 0, dropped: 0, malformed: 0, shed: 0 };
  return { ...none, challenged: 0, registered: 0, relayed: 0, handedOver: 0 };
}
