import { raiseVersion } from '@tandem/sdp';
import { Fault, type SipMessage, type SipRequest } from '@tandem/sip';
import { sdpOf } from './body.ts';
import { type CallDialogs, hasDialogs, otherParty, type Said, shiftedBy } from './call-dialogs.ts';
import { restricted, restrictedOffer } from './codec-rules.ts';
import { mediaLate, mediaLost, mediaMoving } from './faults.ts';
import type { EdgeParts } from './parts.ts';
import { raised } from './records/shift.ts';
import type { SentAgain } from './sent-again.ts';
import type { DialogToken, Party } from './token.ts';
import { accountFor, spread } from './trunk-numbers.ts';

/** Where the media of a call is while a message of it passes, and what stands between its parties. */
export interface Course {
  /** Empty when media is not anchored. */
  readonly session: string;
  /** Of a call whose media may have been moved. */
  readonly dialogs?: CallDialogs;
  readonly isMoving: boolean;
}

type CourseParts = Pick<EdgeParts, 'anchors' | 'log' | 'now' | 'records' | 'workers'>;

/** The token says it all as long as its media worker is there; only after that the record is asked for. */
export async function courseOf(parts: CourseParts, { call, media }: DialogToken): Promise<Course> {
  if (parts.workers.holds(media)) return { session: media, isMoving: false };
  const record = parts.records.own.copy(call) ?? (await readRecord(parts, call));
  if (!record) return { session: media, isMoving: false };
  const { mediaSession: session } = record;
  if (!hasDialogs(record)) return { session, isMoving: false };
  const isMoving = (record.dialog.movingUntil ?? 0) > parts.now();
  return { session, dialogs: record.dialog, isMoving };
}

async function readRecord({ log, records }: CourseParts, call: string): ReturnType<typeof records.read> {
  try {
    return await records.read(call);
  } catch (err) {
    log.warn({ callId: call, err }, 'whether the media of a call was moved is not known: the store is away');
    return undefined;
  }
}

/** RFC 3261 §14.1: while the edge itself offers something to both, neither may offer anything else. */
export function refuseDuringMove({ isMoving }: Course, request: SipRequest): void {
  if (isMoving && changesMedia(request)) throw new Fault(mediaMoving, request.callId);
}

/** The headers in which the receiver finds other numbers than the sender has given. */
export function renumbered(
  { dialogs }: Course,
  token: Pick<DialogToken, 'outsiders'>,
  sender: Party,
  request: SipRequest,
  again?: SentAgain,
): readonly (readonly [name: string, value: string])[] {
  const shifts = dialogs
    ? dialogs[otherParty(sender)].shifts
    : sender === 'caller'
      ? shiftedBy(token).shifts
      : undefined;
  if (!shifts && !accountFor(token, sender)) return [];
  const numberOf = (number: number): number => raised(shifts, spread(token, sender, number));
  const { method, number } = request.cseq;
  const times = again?.times ?? 0;
  const cseq = ['CSeq', `${numberOf(number) + (method === 'ACK' ? times : 0)} ${method}`] as const;
  // RFC 3262 §7.2: the number of the INVITE stands there as well.
  const [response, invite, ...rest] = request.value('RAck')?.split(/\s+/) ?? [];
  if (invite === undefined || !/^\d{1,10}$/.test(invite)) return [cseq];
  return [cseq, ['RAck', [response, numberOf(Number(invite)) + times, ...rest].join(' ')]];
}

/** What a party says of its media in a message, as far as it may; undefined when that is nothing, or of no concern. */
export function saidIn(
  { codecs, media }: DialogToken,
  message: SipMessage,
  source: string | undefined,
): Said | undefined {
  const sdp = media === '' && !codecs ? undefined : sdpOf(message);
  return sdp === undefined ? undefined : { sdp: restricted(sdp, codecs), source: source ?? '' };
}

/** The same of a request that may be refused: what it says is an offer, but for a PRACK, which may answer one. */
export function offeredIn(
  token: DialogToken,
  request: SipRequest,
  sender: Party,
  source: string,
): Said | undefined {
  const { codecs } = token;
  if (!codecs || request.method === 'PRACK') return saidIn(token, request, source);
  const sdp = sdpOf(request);
  return sdp === undefined ? undefined : { sdp: restrictedOffer(sdp, codecs, sender), source };
}

/** The body with which a message goes on to the other party; undefined leaves its own. Rejects with a Fault. */
export async function rewriteSaid(
  parts: CourseParts,
  token: DialogToken,
  course: Course,
  sender: Party,
  said: Said | undefined,
): Promise<string | undefined> {
  if (!said) return undefined;
  const versions = course.dialogs?.[otherParty(sender)].versions ?? 0;
  if (course.session === '') return raiseVersion(said.sdp, versions);
  try {
    if (!parts.workers.answersFor(course.session)) throw new Fault(mediaLost, course.session);
    return await tellWorker(parts, course.session, sender, said, versions);
  } catch (error) {
    if (!isGone(parts, course, error)) throw error;
    return afterLoss(parts, token, course, sender, said, error);
  }
}

/** One that lives and is late is asked once more: what it is told may be told twice. */
async function tellWorker(
  { anchors, workers }: CourseParts,
  session: string,
  ...said: [sender: Party, said: Said, versions: number]
): Promise<string> {
  try {
    return await anchors.rewrite(session, ...said);
  } catch (error) {
    const isLate = error instanceof Fault && error.kind === mediaLate && workers.answersFor(session);
    if (!isLate) throw error;
    return anchors.rewrite(session, ...said);
  }
}

/** A worker that is late may have died over it. */
function isGone({ workers }: CourseParts, { session }: Course, error: unknown): error is Fault {
  if (!(error instanceof Fault)) return false;
  return error.kind === mediaLost || (error.kind === mediaLate && !workers.answersFor(session));
}

/** A worker that is gone: the call has been moved meanwhile, or is about to be. */
async function afterLoss(
  parts: CourseParts,
  token: DialogToken,
  { session: lost }: Course,
  sender: Party,
  said: Said,
  fault: Fault,
): Promise<string> {
  const record = await readRecord(parts, token.call);
  if (record && record.mediaSession !== lost && record.mediaSession !== '') {
    const versions = hasDialogs(record) ? record.dialog[otherParty(sender)].versions : 0;
    return parts.anchors.rewrite(record.mediaSession, sender, said, versions);
  }
  if (parts.workers.members === undefined) throw fault;
  throw new Fault(mediaMoving, fault.detail);
}

/** An INVITE without a description will have one in its answer. */
function changesMedia(request: SipRequest): boolean {
  return request.method === 'INVITE' || (request.method === 'UPDATE' && sdpOf(request) !== undefined);
}
