import type { media } from '@tandem/contract';
import type { Counters } from './counters.ts';
import type { Leg } from './leg.ts';

/** Both sides of one stream. */
export interface Stream {
  readonly caller: Leg;
  readonly callee: Leg;
}

/** Which side of a stream. */
export type SideName = keyof Stream;

/** A call's media. */
export interface Session {
  readonly id: string;
  readonly call: string;
  /** In ms; 0 for never. */
  readonly inactivity: number;
  readonly openedAt: number;
  /** IP addresses that packets may come from as long as a side has not said where it is. */
  readonly sources: Readonly<Record<SideName, readonly number[]>>;
  /** By the index of the `m=` line. */
  readonly streams: Stream[];
  /** When a side was described last; when it was opened until then. */
  describedAt: number;
  /** The beginning of the silence that is to be reported. */
  silentFrom: number | undefined;
  /** The beginning of the one that an edge has heard of. */
  reportedFrom: number | undefined;
  /** When it is to be seen whether both sides are heard. */
  heardBy: number;
  /** Commands that change it are carried out one after the other. */
  turn: Promise<unknown>;
  ended: boolean;
}

/** What time has done to a session. */
export type Review = 'live' | 'silent' | 'abandoned';

const longestMs = 24 * 3_600_000;
/** A call rings for less than this, in ms. */
const setupMs = 600_000;
/** So many times its inactivity a session is silent before it is given up. */
const patience = 3;

/** Judges a session by the clock. `silent` is said of each silence until it has been heard. */
export function review(session: Session, counters: Counters, now: number): Review {
  if (now - session.openedAt >= longestMs) return 'abandoned';
  const legs = legsOf(session);
  const answered = sideDescribed(session, 'caller') && sideDescribed(session, 'callee');
  if (!answered) return now - session.describedAt >= setupMs ? 'abandoned' : 'live';
  if (session.inactivity === 0 || legs.every((leg) => !leg.described || leg.silent)) return 'live';
  const from = legs.reduce((last, leg) => Math.max(last, counters.heardAt[leg.slot]!), session.describedAt);
  if (now - from >= patience * session.inactivity) return 'abandoned';
  if (now - from < session.inactivity || session.reportedFrom === from) return 'live';
  session.silentFrom = from;
  return 'silent';
}

/** The legs of all streams. */
export function legsOf(session: Session): Leg[] {
  return session.streams.flatMap(({ caller, callee }) => [caller, callee]);
}

/** What both directions have carried. */
export function statisticsOf(session: Session, counters: Counters): media.Statistics {
  return {
    fromCaller: counters.direction(session.streams.map(({ caller }) => caller.slot)),
    fromCallee: counters.direction(session.streams.map(({ callee }) => callee.slot)),
  };
}

function sideDescribed(session: Session, side: SideName): boolean {
  return session.streams.some((stream) => stream[side].described);
}
