import type { Problem } from './problem.ts';

/** What is kept of the registration of a trunk: plain data, which another node goes on with. Times in ms since 1970. */
export interface Login {
  readonly callId: string;
  /** Of From. */
  readonly tag: string;
  /** The number of the last REGISTER (RFC 3261 §10.2: one more for each). */
  readonly sequence: number;
  readonly status: 'waiting' | 'registered' | 'retrying' | 'rejected';
  /** When the next REGISTER is due. */
  readonly dueAt: number;
  /** Until when the registrar has our contact; 0 when it has not. */
  readonly expiresAt: number;
  /** Since when it has, at the address that we are seen from. */
  readonly since: number;
  /** Seconds that are asked for: more than configured where the registrar wants that (423). */
  readonly asked: number;
  /** Attempts in a row that have failed. */
  readonly failures: number;
  /** Where the registrar has seen the REGISTER come from. */
  readonly seen: string;
  readonly contact: string;
  readonly peer: string;
  readonly edge: string;
  /** Contacts of others, or of an earlier time, that the registrar has besides, where ours is not among them. */
  readonly foreign?: string;
  readonly problem?: Problem;
  /** Until when the registrar wants to be left alone. */
  readonly restsUntil?: number;
}

/** What came of an attempt. */
export type Attempt = {
  readonly at: number;
  readonly sequence: number;
  readonly asked: number;
  readonly seen: string;
  readonly contact: string;
  readonly peer: string;
  readonly edge: string;
} & (
  | { readonly granted: number; readonly foreign?: string | undefined }
  | {
      readonly granted?: never;
      readonly problem: Problem;
      /** Nothing changes by itself: it is tried again after `retry` seconds. */
      readonly isFinal: boolean;
      /** Seconds that the registrar wants to be left alone. */
      readonly retryAfter?: number | undefined;
    }
);

export interface Pace {
  /** Seconds at most between two attempts. */
  readonly retry: number;
  /** From 0 up to 1. */
  readonly random: number;
}

/** Milliseconds before the second attempt; doubled after each. */
const firstRetry = 2_000;
/** Milliseconds between two refreshes at least, however little a registrar grants. */
const leastRefresh = 5_000;
/** Seconds that a registrar may ask to be left alone. */
const longestRest = 3_600;

export function newLogin(callId: string, tag: string, expires: number, now: number): Login {
  const nowhere = { seen: '', contact: '', peer: '', edge: '' };
  const never = { expiresAt: 0, since: 0, failures: 0, sequence: 0 };
  return { callId, tag, status: 'waiting', dueAt: now, asked: expires, ...never, ...nowhere };
}

/** The login after an attempt. */
export function concluded(login: Login, attempt: Attempt, pace: Pace): Login {
  const { problem: _, foreign: __, restsUntil: ___, ...before } = login;
  const { at, sequence, asked, seen, contact, peer, edge } = attempt;
  const known = { ...before, sequence, asked };
  if (attempt.granted === undefined) return failed({ ...known, peer: peer || login.peer }, attempt, pace);
  return {
    ...known,
    ...{ status: 'registered', failures: 0, seen, contact, peer, edge },
    since: login.expiresAt > at && login.seen === seen ? login.since : at,
    expiresAt: at + attempt.granted * 1_000,
    dueAt: at + Math.max(attempt.granted * 500, leastRefresh),
    ...(attempt.foreign !== undefined && { foreign: attempt.foreign }),
  };
}

function failed(login: Login, attempt: Attempt & { granted?: never }, { retry, random }: Pace): Login {
  const { at, isFinal, problem, retryAfter } = attempt;
  const failures = login.failures + 1;
  const longest = retry * 1_000;
  const growing = Math.min(longest, firstRetry * 2 ** Math.min(failures - 1, 20));
  // Nodes that have failed together do not come back together.
  const wait = isFinal ? longest : growing * (0.5 + random / 2);
  const rest = Math.min(retryAfter ?? 0, longestRest) * 1_000 * (1 + random / 10);
  const dueAt = Math.ceil(at + Math.max(wait, rest));
  const status = isFinal ? 'rejected' : 'retrying';
  return {
    ...login,
    status,
    failures,
    dueAt,
    problem,
    ...(rest > 0 && { restsUntil: Math.ceil(at + rest) }),
  };
}

/** Whether the registrar still has our contact. */
export function isRegistered({ expiresAt }: Login, now: number): boolean {
  return expiresAt > now;
}

/** To be made again at once: what it was made by has changed. */
export function renewed(login: Login, now: number): Login {
  return { ...login, dueAt: Math.min(login.dueAt, now) };
}
