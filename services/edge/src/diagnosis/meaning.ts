import type { FaultKind } from '@tandem/sip';
import {
  callerIdRefused,
  destinationRefused,
  mediaRefused,
  peerChallenged,
  peerCongested,
  peerCredentialsRefused,
  peerFailed,
  peerLoop,
  peerNumberUnknown,
  peerProtocol,
  peerRefused,
} from './kinds.ts';
import { plainWords, type Said } from './said.ts';

/** What is known of who has answered. */
export interface Answerer {
  /** It has had credentials of ours. */
  readonly isAuthorized: boolean;
  /** Somebody had rung before. */
  readonly hasRung: boolean;
}

/** Statuses with which calls end though nothing is wrong, whatever else is said. */
const settled = new Set([300, 301, 302, 305, 380, 422, 486, 487, 491, 600]);
/** The same, unless a header says that something is wrong. */
const ordinary = new Set([480, 603]);

/** What it means that a call was refused so; undefined when nothing is wrong. */
export function meaningOf(said: Said, who: Answerer): FaultKind | undefined {
  const { status } = said;
  if (settled.has(status)) return undefined;
  return (
    byStatusAlone.get(status) ?? byWarning(said) ?? byWords(said) ?? byCause(said) ?? byStatus(said, who)
  );
}

/** Statuses that say all. */
const byStatusAlone: ReadonlyMap<number, FaultKind> = new Map([
  [401, peerChallenged],
  [407, peerChallenged],
  ...[404, 410, 416, 484, 485, 604].map((status) => [status, peerNumberUnknown] as const),
  ...[482, 483].map((status) => [status, peerLoop] as const),
  ...[415, 488, 580, 606].map((status) => [status, mediaRefused] as const),
  ...[428, 429, 433, 436, 437, 438, 607, 608].map((status) => [status, callerIdRefused] as const),
]);

/** RFC 3261 §20.43: 300 to 329 are of the session description, 330 of the network's. */
function byWarning({ warningCodes }: Said): FaultKind | undefined {
  if (warningCodes.includes(370)) return peerCongested;
  return warningCodes.some((code) => code >= 300 && code < 370) ? mediaRefused : undefined;
}

/** What providers write, by what it is about; the first that is found counts. */
const vocabulary: readonly (readonly [kind: FaultKind, words: readonly string[]])[] = [
  [
    callerIdRefused,
    [
      'caller id',
      'callerid',
      'caller number',
      'calling number',
      'calling party',
      'calling line',
      'cli',
      'clip',
      'ani',
      'identity',
      'asserted',
      'from header',
      'from number',
      'originating number',
      'spoofed',
      'anonymous',
    ],
  ],
  [
    peerCongested,
    [
      'channel',
      'channels',
      'capacity',
      'congestion',
      'overload',
      'too many',
      'concurrent',
      'call limit',
      'no circuit',
    ],
  ],
  [
    destinationRefused,
    [
      'destination',
      'international',
      'premium',
      'barred',
      'country',
      'dialed',
      'dialled',
      'called number',
      'called party',
      'area',
    ],
  ],
  [
    peerCredentialsRefused,
    [
      'password',
      'credentials',
      'authentication',
      'not registered',
      'unregistered',
      'unknown account',
      'unknown ip',
    ],
  ],
];

function byWords({ reason, reasons, status, warnings }: Said): FaultKind | undefined {
  const texts = [...reasons, ...warnings, ...(ordinary.has(status) ? [] : [reason])];
  const words = plainWords(texts);
  return vocabulary.find(([, sought]) => sought.some((each) => words.includes(` ${each} `)))?.[0];
}

/** Causes of Q.850 by which something is wrong; 16 to 21 are how calls end. */
const causes: ReadonlyMap<number, FaultKind> = new Map([
  ...[1, 2, 3, 22, 28].map((cause) => [cause, peerNumberUnknown] as const),
  ...[25].map((cause) => [cause, peerLoop] as const),
  ...[34, 42, 43, 44, 46, 47, 49].map((cause) => [cause, peerCongested] as const),
  ...[50, 52, 53, 55, 57, 62, 63].map((cause) => [cause, destinationRefused] as const),
  ...[58, 65, 66, 69, 70, 79, 88].map((cause) => [cause, mediaRefused] as const),
  ...[27, 38, 41, 102].map((cause) => [cause, peerFailed] as const),
  ...[81, 82, 95, 96, 97, 98, 99, 100, 101, 111, 127].map((cause) => [cause, peerProtocol] as const),
]);

function byCause({ cause }: Said): FaultKind | undefined {
  return cause === undefined ? undefined : causes.get(cause);
}

function byStatus({ status }: Said, { hasRung, isAuthorized }: Answerer): FaultKind | undefined {
  if (ordinary.has(status) || (status === 408 && hasRung)) return undefined;
  if (status === 402) return peerRefused;
  if (status === 403) return isAuthorized ? peerCredentialsRefused : peerRefused;
  if (status === 503) return peerCongested;
  return status >= 500 || status === 408 ? peerFailed : peerProtocol;
}
