import type { event, router } from '@tandem/contract';
import type { CallRecord, CallStore, Log } from '@tandem/platform';
import { type FaultKind, type IsOwn, type Outcome, outcomes, type SipRequest } from '@tandem/sip';
import type { Anchors } from './anchor.ts';
import { type Answered, type CallDialogs, dialogsOf, withRequest } from './call-dialogs.ts';
import type { ServerTx } from './parts.ts';
import type { ProxiedRequest } from './proxied-request.ts';
import { Sequences } from './sequences.ts';
import type { Party } from './token.ts';
import type { CallEvents } from './uses/events.ts';

/** A call that has no final answer yet: it lives in the edge that took its INVITE. */
export interface SetupCall {
  /** Tandem's id of the call: a UUID. */
  readonly id: string;
  /** The media session; empty when media is not anchored. */
  readonly media: string;
  readonly sipCallId: string;
  readonly tenant: string;
  /** `user@tenant`; empty when unproven. */
  readonly caller: string;
  readonly callee: string;
  readonly startedMs: number;
  /** Branches that have rung. */
  readonly ringing: Set<number>;
  /** The INVITE, to be given up when the edge stops. */
  request: ProxiedRequest | undefined;
}

/** Who ended a call. */
export type Releaser = Party | 'system';

/** Milliseconds after which the record of a call that nobody ended is gone. */
const recordLifetime = 24 * 60 * 60_000;

/** What calls are kept and told by. */
export interface CallsParts {
  readonly store: CallStore;
  readonly events: CallEvents;
  readonly anchors: Anchors;
  readonly isOwn: IsOwn;
  readonly node: string;
  readonly log: Log;
  /** Records seconds from an INVITE to the first sign of the callee. */
  readonly setupTime: (seconds: number) => void;
  readonly now: () => number;
}

/** How many calls there were and are. */
export interface CallTotals {
  readonly ringing: number;
  readonly answered: number;
  readonly ended: ReadonlyMap<Outcome, number>;
}

/** The calls that this edge began or ended. What is answered is a record in the store, which every edge can end. */
export class Calls {
  readonly #setups = new Map<string, SetupCall>();
  readonly #parts: CallsParts;
  #answered = 0;
  readonly #ended = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]));
  /** Changes to the record of one call are made in order. */
  readonly #changes: Sequences;

  constructor(parts: CallsParts) {
    this.#parts = parts;
    this.#changes = new Sequences((error) =>
      parts.log.error({ err: error }, 'the record of a call was not changed'),
    );
  }

  get totals(): CallTotals {
    return { ringing: this.#setups.size, answered: this.#answered, ended: this.#ended };
  }

  /** Calls that have no final answer yet. */
  get setups(): Iterable<SetupCall> {
    return this.#setups.values();
  }

  begin(
    tx: ServerTx,
    call: { id: string; media: string; relay: router.Relay; caller: router.Identity | undefined },
  ): SetupCall {
    const { id, media, relay, caller } = call;
    const setup: SetupCall = {
      id,
      media,
      sipCallId: tx.request.callId,
      tenant: relay.tenant,
      caller: caller ? `${caller.user}@${caller.tenant}` : '',
      callee: relay.callee,
      startedMs: this.#parts.now(),
      ringing: new Set(),
      request: undefined,
    };
    this.#setups.set(id, setup);
    this.#parts.events.publish(setup.tenant, id, setup.startedMs, {
      $case: 'callStarted',
      value: {
        call: id,
        sipCallId: setup.sipCallId,
        caller: setup.caller,
        callee: setup.callee,
        leg: callerLeg(id),
      },
    });
    this.#tell(setup, 'call started', { leg: callerLeg(id) });
    return setup;
  }

  /** A branch has given a provisional response. */
  ringing(call: SetupCall, branch: number, target: string): void {
    if (call.ringing.has(branch)) return;
    if (call.ringing.size === 0) this.#heardOf(call);
    call.ringing.add(branch);
    const leg = calleeLeg(call.id, branch);
    this.#parts.events.publish(call.tenant, leg, this.#parts.now(), {
      $case: 'callRinging',
      value: { call: call.id, leg, target },
    });
    this.#tell(call, 'call ringing', { leg, target });
  }

  /** A branch has answered. A second answer is another dialog of the same call, and counts as part of it. */
  answered(call: SetupCall, branch: number, target: string, answered: Answered): void {
    if (!this.#setups.delete(call.id)) return;
    const { events, isOwn, node, now, store } = this.#parts;
    const leg = calleeLeg(call.id, branch);
    const answeredMs = now();
    this.#answered++;
    if (call.ringing.size === 0) this.#heardOf(call);
    const record: CallRecord = {
      id: call.id,
      sipCallId: call.sipCallId,
      tenant: call.tenant,
      caller: call.caller,
      callee: call.callee,
      node,
      startedMs: call.startedMs,
      answeredMs,
      state: 'answered',
      mediaSession: call.media,
      target,
      calleeIdentity: '',
      route: [],
      limits: [],
      codec: '',
      mediaMoves: 0,
      traceparent: '',
      dialog: dialogsOf(answered, isOwn) ?? {},
    };
    this.#changes.run(call.id, () => store.put(record, answeredMs + recordLifetime, answeredMs));
    events.publish(call.tenant, call.id, answeredMs, {
      $case: 'callAnswered',
      value: { call: call.id, leg, target },
    });
    this.#tell(call, 'call answered', { leg, target });
  }

  #heardOf({ startedMs }: SetupCall): void {
    this.#parts.setupTime((this.#parts.now() - startedMs) / 1000);
  }

  /** The call has failed; `fault` says why, unless the callee itself has answered with `status`. */
  failed(call: SetupCall, status: number, fault?: FaultKind): void {
    if (!this.#setups.delete(call.id)) return;
    const record = { ...call, answeredMs: 0 };
    const releasedBy = fault ? 'system' : status === 487 ? 'caller' : 'callee';
    const outcome = fault?.outcome ?? outcomeOf(status);
    this.#changes.run(call.id, () =>
      this.#end(record, call.media, { status, releasedBy, fault: fault?.code ?? '', outcome }),
    );
  }

  /** A request within the dialog has been relayed. */
  touched(id: string, sender: Party, request: SipRequest): void {
    const { now, store } = this.#parts;
    this.#changes.run(id, async () => {
      const record = await store.get(id, now());
      if (!record || !hasDialogs(record)) return;
      const dialog = withRequest(record.dialog, sender, request);
      await store.put({ ...record, dialog }, record.startedMs + recordLifetime, now());
    });
  }

  /** An answered call is over. Whoever takes its record tells so: there is one `ended` per call. */
  released(id: string, releasedBy: Releaser, fault?: FaultKind): void {
    this.#changes.run(id, async () => {
      await this.take(id, releasedBy, fault);
    });
  }

  /** The same, for who needs the record: undefined when another one was first. */
  async take(
    id: string,
    releasedBy: Releaser,
    fault?: FaultKind,
  ): Promise<(CallRecord & { readonly dialog: CallDialogs }) | undefined> {
    const record = await this.#parts.store.take(id, this.#parts.now());
    if (!record) return undefined;
    const outcome = fault?.outcome ?? 'success';
    await this.#end(record, record.mediaSession, {
      status: 200,
      releasedBy,
      fault: fault?.code ?? '',
      outcome,
    });
    return hasDialogs(record) ? record : undefined;
  }

  /** Resolves when all that was begun is done. */
  settled(): Promise<void> {
    return this.#changes.settled();
  }

  async #end(
    call: Pick<CallRecord, 'id' | 'sipCallId' | 'tenant' | 'caller' | 'callee' | 'startedMs' | 'answeredMs'>,
    media: string,
    end: { status: number; releasedBy: Releaser; fault: string; outcome: Outcome },
  ): Promise<void> {
    const { anchors, events, now } = this.#parts;
    const statistics = media === '' ? undefined : await anchors.close(media);
    const { fromCaller, fromCallee } = statistics ?? {};
    const traffic = {
      packetsFromCaller: fromCaller?.packets ?? 0,
      packetsFromCallee: fromCallee?.packets ?? 0,
      lostFromCaller: fromCaller?.lost ?? 0,
      lostFromCallee: fromCallee?.lost ?? 0,
    };
    const endedMs = now();
    this.#ended.set(end.outcome, (this.#ended.get(end.outcome) ?? 0) + 1);
    const { status, releasedBy, fault, outcome } = end;
    const value: event.CallEnded = {
      call: call.id,
      sipCallId: call.sipCallId,
      caller: call.caller,
      callee: call.callee,
      startedMs: call.startedMs,
      answeredMs: call.answeredMs,
      endedMs,
      outcome,
      status,
      releasedBy,
      fault,
      ...traffic,
      calleeIdentity: '',
      route: [],
      answeredBy: '',
      codec: '',
      jitterFromCallerUs: fromCaller?.jitterUs ?? 0,
      jitterFromCalleeUs: fromCallee?.jitterUs ?? 0,
      mediaMoves: 0,
    };
    events.publish(call.tenant, call.id, endedMs, { $case: 'callEnded', value });
    this.#tell(call, 'call ended', {
      status,
      releasedBy,
      outcome,
      ...(fault === '' ? {} : { fault }),
      ...(statistics === undefined ? {} : traffic),
    });
  }

  #tell(
    call: Pick<CallRecord, 'id' | 'sipCallId' | 'tenant' | 'caller' | 'callee'>,
    message: string,
    fields: object,
  ): void {
    const { id, sipCallId, tenant, caller, callee } = call;
    this.#parts.log.info({ callId: id, sipCallId, tenant, caller, callee, ...fields }, message);
  }
}

function callerLeg(call: string): string {
  return `${call}/a`;
}

function calleeLeg(call: string, branch: number): string {
  return `${call}/b${branch + 1}`;
}

function hasDialogs(record: CallRecord): record is CallRecord & { readonly dialog: CallDialogs } {
  return 'caller' in record.dialog && 'callee' in record.dialog;
}

/** Busy, declined, unanswered and cancelled are what calls come to; the rest is somebody's failure. */
const ordinary = new Set([408, 480, 486, 487, 600, 603]);

function outcomeOf(status: number): Outcome {
  if (ordinary.has(status)) return 'success';
  return status < 500 ? 'client_error' : 'upstream_error';
}
