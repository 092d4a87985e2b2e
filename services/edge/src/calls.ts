import type { event, router } from '@tandem/contract';
import type { CallRecord } from '@tandem/platform';
import { excerpt, Fault, type FaultKind, type IsOwn, type Outcome, type SipRequest } from '@tandem/sip';
import {
  type Answered,
  type CallDialogs,
  type DialogRecord,
  dialogsOf,
  hasDialogs,
  otherParty,
  type Said,
  type SessionTimer,
  sightingOf,
  withRequest,
  withSaid,
  withSentAgain,
} from './call-dialogs.ts';
import { CallEndings, type CallEndingsParts } from './call-endings.ts';
import { logCall } from './call-log.ts';
import { identityObject, ownDiagnosis } from './diagnosis/diagnosis.ts';
import { callerIdReplaced, edgeLost, edgeStopping, trunkFull } from './faults.ts';
import { identityText } from './identity-text.ts';
import type { ServerTx } from './parts.ts';
import type { Attempt } from './proxy-owner.ts';
import { type CallEnd, callObject, endOf, type Releaser } from './records/ended.ts';
import type { SentAgain } from './sent-again.ts';
import { type BegunCall, calleeLeg, callerLeg, recordOf, type SetupCall, setupOf } from './setup-call.ts';
import type { DialogToken, Party } from './token.ts';

/** How a call was answered. */
export interface Answer extends Answered {
  readonly branch: number;
  readonly target: string;
  /** Who the callee is, when it is a user of ours. */
  readonly identity: router.Identity | undefined;
  /** What the caller has said of its media, as the callee was told, and the callee of its own. */
  readonly callerSaid: Said | undefined;
  readonly said: Said | undefined;
  /** What a trunk has made of the caller's number. */
  readonly returned: event.ReturnedNumber | undefined;
  readonly codec: string;
  readonly timer: SessionTimer | undefined;
}

/** What an offer within a dialog, and its answer, have changed. */
export interface Agreement {
  /** Who sent the request. */
  readonly sender: Party;
  readonly said: Said | undefined;
  readonly answered: Said | undefined;
  /** Empty when it is not known anew. */
  readonly codec: string;
  readonly timer?: SessionTimer | undefined;
}

/** Why a call has failed. */
export interface Why {
  /** Unless the callee itself has answered. */
  readonly fault?: FaultKind | undefined;
  /** What became of each contact. */
  readonly attempts?: readonly Attempt[];
  /** What broke the call; undefined where nothing is wrong. */
  readonly diagnosis?: event.Diagnosis | undefined;
}

/** What calls are kept and told by. */
export interface CallsParts extends CallEndingsParts {
  readonly isOwn: IsOwn;
  readonly node: string;
  /** Records seconds from an INVITE to the first sign of the callee. */
  readonly setupTime: (seconds: number) => void;
  readonly now: () => number;
}

/** Milliseconds that a place is held until it is renewed. */
const placeLifetime = 60_000;

/** How many calls there were and are. */
export interface CallTotals {
  readonly ringing: number;
}

/** The calls that this edge began, looks after or ended. Each is a record in the store, which every edge can end. */
export class Calls {
  readonly #setups = new Map<string, SetupCall>();
  readonly #parts: CallsParts;
  readonly #endings: CallEndings;

  constructor(parts: CallsParts) {
    this.#parts = parts;
    this.#endings = new CallEndings(parts);
  }

  get totals(): CallTotals {
    return { ringing: this.#setups.size };
  }

  /** Calls that have no final answer yet. */
  get setups(): Iterable<SetupCall> {
    return this.#setups.values();
  }

  begin({ request }: ServerTx, begun: BegunCall): SetupCall {
    const { events, log, node, now, records } = this.#parts;
    const startedMs = now();
    const setup = setupOf(begun, startedMs);
    const { id, tags, tenant } = setup;
    this.#setups.set(id, setup);
    const record = recordOf(begun, { sipCallId: request.callId, node, startedMs });
    records.begin(record);
    const { callee, caller, sipCallId } = record;
    const leg = callerLeg(id);
    events.publish(tenant, id, startedMs, {
      $case: 'callStarted',
      value: { call: id, sipCallId, caller, callee, leg, tags },
    });
    logCall(log, record, 'call started', { leg });
    return setup;
  }

  /** A contact is being tried. */
  tried(call: SetupCall, target: string): void {
    this.#parts.records.change(call.id, (record) => ({ ...record, route: [...record.route, target] }));
  }

  /** The media worker has died: the call has a session elsewhere. The callee is to be told so, once it is connected. */
  reopened(call: SetupCall, session: string, toCallee: string | undefined): void {
    // The caller may have given up meanwhile: the call has ended with the session that it had.
    if (!this.#setups.has(call.id)) return void this.#parts.anchors.close(session);
    void this.#parts.anchors.close(call.media);
    call.media = session;
    call.toCallee = toCallee;
    this.#parts.records.change(call.id, (record) => ({
      ...record,
      mediaSession: session,
      mediaMoves: record.mediaMoves + 1,
    }));
  }

  /** A branch has given a provisional response. */
  ringing(call: SetupCall, branch: number, target: string, returned: event.ReturnedNumber | undefined): void {
    if (call.ringing.has(branch)) return;
    if (call.ringing.size === 0) this.#heardOf(call);
    call.ringing.add(branch);
    const leg = calleeLeg(call.id, branch);
    this.#parts.events.publish(call.tenant, leg, this.#parts.now(), {
      $case: 'callRinging',
      value: { call: call.id, leg, target, ...(returned && { returned }) },
    });
    logCall(this.#parts.log, this.#parts.records.own.copy(call.id), 'call ringing', { leg, target });
  }

  /** A branch has answered. A second answer is another dialog of the same call, and counts as part of it. */
  answered(call: SetupCall, answer: Answer): void {
    if (!this.#setups.delete(call.id)) return;
    const { events, now, records } = this.#parts;
    const { branch, target } = answer;
    const leg = calleeLeg(call.id, branch);
    const answeredMs = now();
    if (call.ringing.size === 0) this.#heardOf(call);
    const dialog = this.#dialogs(call, answer);
    records.change(call.id, (record) => ({
      ...record,
      answeredMs,
      state: 'answered',
      mediaSession: call.media,
      target,
      calleeIdentity: identityText(answer.identity),
      codec: answer.codec,
      dialog,
    }));
    events.publish(call.tenant, call.id, answeredMs, {
      $case: 'callAnswered',
      value: {
        call: call.id,
        leg,
        target,
        tags: call.tags,
        ...(answer.returned && { returned: answer.returned }),
      },
    });
    logCall(this.#parts.log, records.own.copy(call.id), 'call answered', { leg, target });
    if (answer.returned?.replaced) this.#replaced(call, answer, answer.returned);
  }

  /** The provider shows another number than it was sent: the call goes on, and is not as it should be. */
  #replaced(
    { id, tenant }: SetupCall,
    { identity, invite, response, target }: Answer,
    { header, returned, sent }: event.ReturnedNumber,
  ): void {
    const object = identity && identityObject(identity, 'callerId');
    const answered = `${excerpt(target)} answered ${response.status} with ${header}`;
    const evidence = [`sent: ${sent}`, `returned: ${returned}`, answered];
    const found = object && ownDiagnosis(callerIdReplaced, object, evidence);
    if (!found) return;
    const diagnosis = { ...found, status: response.status };
    this.#parts.events.publish(tenant, `${id}/caller-id`, this.#parts.now(), {
      $case: 'callDegraded',
      value: { call: id, sipCallId: invite.callId, diagnosis },
    });
  }

  #dialogs(call: SetupCall, answer: Answer): CallDialogs | object {
    const dialogs = dialogsOf(answer, this.#parts.isOwn);
    if (!dialogs) return {};
    const { inactivity } = call;
    const { timer } = answer;
    const heard = withSaid(withSaid(dialogs, 'caller', answer.callerSaid), 'callee', answer.said);
    return { ...heard, inactivity, ...(timer ? { timer } : {}) };
  }

  #heardOf({ startedMs }: SetupCall): void {
    this.#parts.setupTime((this.#parts.now() - startedMs) / 1000);
  }

  /** The call counts against these limits, too. */
  admitted(call: SetupCall, limits: readonly string[]): void {
    if (!this.#setups.has(call.id)) void this.giveUp(call.id, limits);
    else
      this.#parts.records.change(call.id, (record) => ({
        ...record,
        limits: [...new Set([...record.limits, ...limits])],
      }));
  }

  /** Takes a place for a call. Throws `trunk-full` when there is none; a store that is away stops no call. */
  async admit(call: SetupCall, { limit: name, max }: router.Place): Promise<void> {
    const { limits, log, now } = this.#parts;
    const lease = now() + placeLifetime;
    const full = await limits.acquire(call.id, [{ name, max }], lease, now()).catch((err: unknown) => {
      log.warn({ callId: call.id, err }, 'a call goes on though nobody knows whether there is room');
      return undefined;
    });
    if (full !== undefined) throw new Fault(trunkFull, `${name} is at its limit of ${max}`);
    this.admitted(call, [name]);
  }

  /** The call has a place no longer. */
  async left(call: SetupCall, limit: string): Promise<void> {
    this.#parts.records.change(call.id, (record) => ({
      ...record,
      limits: record.limits.filter((name) => name !== limit),
    }));
    await this.giveUp(call.id, [limit]);
  }

  /**
   * The call has failed; `why.fault` says why, unless the callee itself has answered with `status`.
   */
  failed(call: SetupCall, status: number, why: Why = {}): void {
    if (!this.#setups.delete(call.id)) return;
    const { attempts = [], diagnosis, fault } = why;
    const releasedBy = fault ? 'system' : status === 487 ? 'caller' : 'callee';
    const outcome = fault?.outcome ?? outcomeOf(status);
    const end = { status, releasedBy, fault: fault?.code ?? '', outcome, atMs: this.#parts.now() } as const;
    this.#endings.end(call.id, { ...end, attempts, ...(diagnosis && { diagnosis }) });
  }

  /** A request within the dialog has been relayed. */
  touched(token: DialogToken, sender: Party, request: SipRequest): void {
    const sighting = sightingOf(token, sender, request);
    this.#changeDialogs(token.call, (dialogs) => withRequest(dialogs, sender, sighting));
  }

  /** An INVITE to a party was sent again with credentials. */
  sentAgain(id: string, party: Party, again: SentAgain): void {
    this.#changeDialogs(id, (dialogs) => withSentAgain(dialogs, party, again));
  }

  /** A party has said where its media is now. */
  said(id: string, party: Party, said: Said): void {
    this.#changeDialogs(id, (dialogs) => withSaid(dialogs, party, said));
  }

  /** What was offered has been taken. */
  agreed(id: string, { sender, said, answered, codec, ...rest }: Agreement): void {
    this.#parts.records.change(id, (record) => {
      if (!hasDialogs(record)) return record;
      const heard = withSaid(withSaid(record.dialog, sender, said), otherParty(sender), answered);
      const dialog = 'timer' in rest ? { ...heard, timer: rest.timer } : heard;
      return { ...record, codec: codec === '' ? record.codec : codec, dialog };
    });
  }

  #changeDialogs(id: string, change: (dialogs: CallDialogs) => CallDialogs): void {
    this.#parts.records.change(id, (record) =>
      hasDialogs(record) ? { ...record, dialog: change(record.dialog) } : record,
    );
  }

  /** An answered call is over. Whoever takes its record tells so: there is one `ended` per call. */
  released(id: string, releasedBy: Releaser, fault?: FaultKind): void {
    this.#endings.end(id, endOf(id, releasedBy, fault, this.#parts.now()));
  }

  /** The same, for who needs the record: undefined when another one was first. */
  async take(id: string, releasedBy: Releaser, fault?: FaultKind): Promise<DialogRecord | undefined> {
    const record = await this.#endings.take(id, endOf(id, releasedBy, fault, this.#parts.now()));
    return record && hasDialogs(record) ? record : undefined;
  }

  /** Gives back the places of a call that has not begun. */
  giveUp(id: string, limits: readonly string[]): Promise<void> {
    return this.#endings.giveUp(id, limits);
  }

  /** Another edge wants a call to be ended, for the store is away; false when it is none of this edge's. */
  async endFor(id: string, end: CallEnd): Promise<boolean> {
    const { records } = this.#parts;
    if (records.isOver(id)) return true;
    if (!records.own.has(id)) return false;
    await this.#endings.take(id, end);
    return true;
  }

  /**
   * The edge of a call has died. One that was over is told of here, one that rings has lost its INVITE; any other goes on
   * here.
   */
  orphaned(record: CallRecord): void {
    const { end } = record;
    if (end) this.#endings.conclude(record, end as CallEnd);
    if (end || record.state === 'answered') return;
    const { code: fault, outcome, status } = edgeLost;
    const atMs = this.#parts.now();
    const diagnosis = ownDiagnosis(edgeLost, callObject(record.id), [`edge ${record.node} has died`]);
    this.#endings.end(record.id, { status, releasedBy: 'system', fault, outcome, atMs, diagnosis });
  }

  /** Others look after these calls now, or have told that they are over. */
  gone(calls: readonly string[]): void {
    this.#parts.records.forget(calls);
    for (const id of calls)
      this.#setups
        .get(id)
        ?.request?.abandon(edgeStopping.status)
        .catch(() => {});
  }

  /** Resolves when all that was begun is done. */
  settled(): Promise<void> {
    return this.#endings.settled();
  }
}

/** Busy, declined, unanswered and cancelled are what calls come to; the rest is somebody's failure. */
const ordinary = new Set([408, 480, 486, 487, 600, 603]);

function outcomeOf(status: number): Outcome {
  if (ordinary.has(status)) return 'success';
  return status < 500 ? 'client_error' : 'upstream_error';
}
