import type { event, media } from '@tandem/contract';
import type { CallRecord } from '@tandem/platform';
import type { FaultKind, Outcome } from '@tandem/sip';
import { ownDiagnosis } from '../diagnosis/diagnosis.ts';
import type { Attempt } from '../proxy-owner.ts';
import type { Party } from '../token.ts';

/** Who ended a call. */
export type Releaser = Party | 'system';

/** How a call ended. */
export interface CallEnd {
  /** The final status that the caller saw. */
  readonly status: number;
  readonly releasedBy: Releaser;
  /** The code of a fault, or nothing. */
  readonly fault: string;
  readonly outcome: Outcome;
  /** In milliseconds since 1970. */
  readonly atMs: number;
  /** What became of each contact, when none took the call. */
  readonly attempts?: readonly Attempt[];
  /** What broke it; nothing where nothing did. */
  readonly diagnosis?: event.Diagnosis | undefined;
}

/** What media workers have counted that a call was at before its last one. */
export type Carried = Pick<
  event.CallEnded,
  'packetsFromCaller' | 'packetsFromCallee' | 'lostFromCaller' | 'lostFromCallee'
>;

/** The end of a call that was answered. */
export function endOf(
  call: string,
  releasedBy: Releaser,
  fault: FaultKind | undefined,
  atMs: number,
): CallEnd {
  const diagnosis = fault && ownDiagnosis(fault, callObject(call), [fault.meaning]);
  return {
    status: 200,
    releasedBy,
    fault: fault?.code ?? '',
    outcome: fault?.outcome ?? 'success',
    atMs,
    ...(diagnosis && { diagnosis }),
  };
}

/** A call itself, where nothing else is known to be broken. */
export function callObject(call: string): event.BrokenObject {
  return { kind: 'Call', tenant: '', name: call, field: '' };
}

/** What is told of a call at its end. */
export function endedEvent(
  call: CallRecord,
  end: CallEnd,
  statistics: media.Statistics | undefined,
): event.CallEnded {
  const { fromCaller, fromCallee } = statistics ?? {};
  const { status, releasedBy, fault, outcome, atMs, attempts = [], diagnosis } = end;
  return {
    call: call.id,
    sipCallId: call.sipCallId,
    caller: call.caller,
    callee: call.callee,
    startedMs: call.startedMs,
    answeredMs: call.answeredMs,
    endedMs: atMs,
    outcome,
    status,
    releasedBy,
    fault,
    ...added(carriedBy(statistics), carriedOf(call)),
    calleeIdentity: call.calleeIdentity,
    route: [...call.route],
    answeredBy: call.answeredMs === 0 ? '' : call.target,
    codec: call.codec,
    jitterFromCallerUs: fromCaller?.jitterUs ?? 0,
    jitterFromCalleeUs: fromCallee?.jitterUs ?? 0,
    mediaMoves: call.mediaMoves,
    attempts: [...attempts],
    tags: call.tags ?? {},
    ...whatBroke(call, diagnosis),
  };
}

/** Packets of a session. */
export function carriedBy(statistics: media.Statistics | undefined): Carried {
  const { fromCaller, fromCallee } = statistics ?? {};
  return {
    packetsFromCaller: fromCaller?.packets ?? 0,
    packetsFromCallee: fromCallee?.packets ?? 0,
    lostFromCaller: fromCaller?.lost ?? 0,
    lostFromCallee: fromCallee?.lost ?? 0,
  };
}

/** Packets of two sessions of one call. */
export function added(one: Carried, other: Carried | undefined): Carried {
  if (!other) return one;
  return {
    packetsFromCaller: one.packetsFromCaller + other.packetsFromCaller,
    packetsFromCallee: one.packetsFromCallee + other.packetsFromCallee,
    lostFromCaller: one.lostFromCaller + other.lostFromCaller,
    lostFromCallee: one.lostFromCallee + other.lostFromCallee,
  };
}

/** What has ended the call, or else what was wrong with it. */
function whatBroke(
  { dialog }: CallRecord,
  ending: event.Diagnosis | undefined,
): Pick<event.CallEnded, 'diagnosis'> {
  const degraded = 'degraded' in dialog ? (dialog.degraded as event.Diagnosis) : undefined;
  const diagnosis = ending ?? degraded;
  return diagnosis ? { diagnosis } : {};
}

function carriedOf({ dialog }: CallRecord): Carried | undefined {
  return 'carried' in dialog ? (dialog.carried as Carried) : undefined;
}
