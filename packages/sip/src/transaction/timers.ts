/** Estimate of the round trip (RFC 3261 §17.1.1.1), in ms like all below. */
const t1 = 500;
/** Longest interval between retransmissions (§17.1.2.2). */
export const t2 = 4_000;
/** How long a message stays in the network (§17.1.2.2). */
const t4 = 5_000;

export type TimerName =
  | 'A'
  | 'B'
  | 'C'
  | 'D'
  | 'E'
  | 'F'
  | 'G'
  | 'H'
  | 'I'
  | 'J'
  | 'K'
  | 'L'
  | 'M'
  | 'Trying'
  | 'LateTrying'
  | 'Unanswered';

interface TimerRow {
  /**
   * `resend`: sends again. `expiry`: gives up. `rest`: all is said, only retransmissions are waited for.
   * `user`: kept by the transaction user. A transaction has one timer of each role at a time.
   */
  readonly role: 'resend' | 'expiry' | 'rest' | 'user';
  readonly unreliable: number;
  /** 0: it is not started, and a rest is over at once. */
  readonly reliable: number;
}

/** The timers of RFC 3261 Table 4 with those of RFC 6026, and some that have no letter. */
export const timers: Readonly<Record<TimerName, TimerRow>> = {
  A: { role: 'resend', unreliable: t1, reliable: 0 }, // §17.1.1.2
  B: { role: 'expiry', unreliable: 64 * t1, reliable: 64 * t1 }, // §17.1.1.2
  /** Of a proxy: more than three minutes. */
  C: { role: 'user', unreliable: 181_000, reliable: 181_000 }, // §16.6
  D: { role: 'rest', unreliable: 32_000, reliable: 0 }, // §17.1.1.2
  E: { role: 'resend', unreliable: t1, reliable: 0 }, // §17.1.2.2
  F: { role: 'expiry', unreliable: 64 * t1, reliable: 64 * t1 }, // §17.1.2.2
  G: { role: 'resend', unreliable: t1, reliable: 0 }, // §17.2.1
  H: { role: 'expiry', unreliable: 64 * t1, reliable: 64 * t1 }, // §17.2.1
  I: { role: 'rest', unreliable: t4, reliable: 0 }, // §17.2.1
  J: { role: 'rest', unreliable: 64 * t1, reliable: 0 }, // §17.2.2
  K: { role: 'rest', unreliable: t4, reliable: 0 }, // §17.1.2.2
  L: { role: 'rest', unreliable: 64 * t1, reliable: 64 * t1 }, // RFC 6026 §7.1
  M: { role: 'rest', unreliable: 64 * t1, reliable: 64 * t1 }, // RFC 6026 §7.2
  /** 100 for an INVITE whose user is silent. */
  Trying: { role: 'resend', unreliable: 200, reliable: 200 }, // §17.2.1
  /** 100 for another request: when timer E of the client has come to T2, after T1 + 2*T1 + 4*T1. */
  LateTrying: { role: 'resend', unreliable: 7 * t1, reliable: 7 * t1 }, // RFC 4320 §4.1
  /** The client of a request other than INVITE has given up by then, and a late answer must not be sent. */
  Unanswered: { role: 'expiry', unreliable: 64 * t1, reliable: 64 * t1 }, // RFC 4320 §4.2
};
