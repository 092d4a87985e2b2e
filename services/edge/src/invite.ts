import type { event, router } from '@tandem/contract';
import { type BranchResult, excerpt, Fault, type FaultKind, type SipResponse } from '@tandem/sip';
import { codecOf } from './anchor.ts';
import { sdpOf } from './body.ts';
import type { Branch } from './branch.ts';
import type { Answered } from './call-dialogs.ts';
import { CallMedia } from './call-media.ts';
import { calleeCallId, calleeRoutes, callVeil, outsidersOf } from './call-outside.ts';
import { acceptableGroups, codecPolicy } from './codec-rules.ts';
import { type Destination, type DestinationGroup, headersOf } from './destination.ts';
import { diagnose } from './diagnosis/diagnosis.ts';
import {
  edgeStopping,
  natClosed,
  ringTimeout,
  systemStopped,
  targetUnreachable,
  trunkChallenged,
} from './faults.ts';
import { LateAnswers } from './late-answers.ts';
import { openMedia } from './opening.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import { ProxiedRequest } from './proxied-request.ts';
import type { EndedBranch, ProxyOwner, Screen } from './proxy-owner.ts';
import { hopOf } from './record-route.ts';
import { Redirection } from './redirection.ts';
import { returnedNumber } from './returned-number.ts';
import { sessionTimer, timerAnswer } from './session-timer.ts';
import type { SetupCall } from './setup-call.ts';
import { type Flow, hostPort } from './socket/flow.ts';
import type { DialogToken } from './token.ts';
import { credentialsFor } from './trunk-challenge.ts';

/** Begins the call that a router said to relay, being told `facts`. Rejects with a Fault when media cannot be had. */
export async function relayInvite(
  parts: EdgeParts,
  tx: ServerTx,
  facts: router.Request,
  relay: router.Relay,
  caller: router.Identity | undefined,
): Promise<ProxiedRequest> {
  const { key: id } = facts;
  const { groups, media, body, said } = await openMedia(parts, tx, relay, id).catch(
    async (error: unknown) => {
      await parts.calls.giveUp(id, relay.limits);
      throw error;
    },
  );
  const call = parts.calls.begin(tx, { id, media, relay, caller, said });
  const proxied = new ProxiedRequest(
    parts,
    tx,
    groups,
    new CallSetup(parts, tx, call, { body, relay, facts }),
  );
  call.request = proxied;
  return proxied;
}

/** What a router was told of an INVITE, and how it goes on. */
interface InviteChange {
  readonly facts: router.Request;
  readonly body: string | undefined;
  readonly relay: router.Relay;
}

/** A call from its INVITE to its final response. */
class CallSetup implements ProxyOwner {
  readonly late: LateAnswers;
  readonly body: string | undefined;
  readonly headers: ProxyOwner['headers'];
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #call: SetupCall;
  /** The caller, when it is outside. */
  readonly #caller: router.Outside | undefined;
  readonly #callerCodecs: readonly string[];
  /** Headers that the caller finds in each answer. */
  readonly #told: readonly (readonly [name: string, value: string])[];
  readonly #facts: router.Request;
  #redirection: Redirection | undefined;
  readonly #media: CallMedia;
  /** Phones that only the datagrams of their registration lead to. */
  readonly #behindNat: Destination[] = [];
  /** One place after the other. */
  #places: Promise<void> = Promise.resolve();
  /** Why the last target that could not be reached at all could not be. */
  #unreached: FaultKind = targetUnreachable;
  /** Why targets could not be reached, by their branches. */
  #faults: Map<number, Fault> | undefined;

  constructor(parts: EdgeParts, tx: ServerTx, call: SetupCall, change: InviteChange) {
    this.#parts = parts;
    this.#tx = tx;
    this.#call = call;
    this.#facts = change.facts;
    this.late = new LateAnswers(parts, tx.request.text);
    this.#media = new CallMedia(parts, tx, call, this.late);
    this.body = change.body;
    this.headers = headersOf(change.relay.edits);
    this.#caller = change.relay.caller;
    this.#callerCodecs = change.relay.callerCodecs;
    this.#told = change.relay.responseHeaders.map(({ name, value }) => [name, value]);
  }

  /** One-way audio is worse than a call that has failed. */
  get needsBody(): boolean {
    return this.#media.lost !== undefined;
  }

  bodyFor(branch: Branch): string | undefined {
    return this.#media.offerTo(branch, this.body);
  }

  responseBody(response: SipResponse, branch: Branch): Promise<string | undefined> {
    return this.#media.describe(response, branch);
  }

  tried(branch: Branch): void {
    const { flow } = branch.destination;
    if (flow?.only && flow.transport === 'udp') this.#behindNat.push(branch.destination);
    this.#parts.calls.tried(this.#call, branch.destination.uri);
  }

  /** Places that were taken and left before are taken again after that. */
  admit(place: router.Place): Promise<void> {
    const admitted = this.#places.then(() => this.#parts.calls.admit(this.#call, place));
    this.#places = admitted.catch(() => undefined);
    return admitted;
  }

  left({ limit }: router.Place): void {
    this.#places = this.#places.then(() => this.#parts.calls.left(this.#call, limit));
  }

  unreached(branch: Branch, fault: Fault): void {
    this.#unreached = fault.kind;
    this.#faults ??= new Map();
    this.#faults.set(branch.id, fault);
  }

  veil(branch: Branch, flow: Flow): Screen | undefined {
    const token = this.#token(branch, flow);
    this.late.expect(branch, token);
    const way = { from: this.#tx.flow.listener, to: flow.listener };
    return callVeil(this.#parts, this.#tx.request, token, way);
  }

  #token(branch: Branch, flow: Flow): DialogToken {
    const { node } = this.#parts;
    const { request } = this.#tx;
    const { destination } = branch;
    const outsiders = outsidersOf(request, this.#caller, destination.outside, branch.authorized.times);
    const codecs = codecPolicy(this.#callerCodecs, destination.codecs);
    return {
      call: this.#call.id,
      media: this.#call.media,
      caller: hopOf(this.#tx.flow, request.contacts[0]?.uri, node),
      callee: hopOf(flow, whereOf(branch, flow), node, destination.flow?.only),
      ...(outsiders && { outsiders }),
      ...(codecs && { codecs }),
    };
  }

  recordRoute(branch: Branch, flow: Flow): readonly string[] {
    const { listener } = this.#tx.flow;
    return calleeRoutes(this.#parts, this.#tx.request, this.late.tokenOf(branch)!, listener, flow.listener);
  }

  #answered(response: SipResponse, token: DialogToken, { authorized }: Branch): Answered {
    const { request: invite } = this.#tx;
    return { invite, response, token, calleeCallId: calleeCallId(this.#parts, invite, token), authorized };
  }

  responseHeaders(response: SipResponse): readonly (readonly [name: string, value: string])[] {
    const { request } = this.#tx;
    const timer = this.#timer(response);
    // A trunk that has asked for credentials has had the INVITE with another number.
    const isSame = response.cseq.number === request.cseq.number;
    if (isSame && this.#told.length === 0) return timer;
    return [...(isSame ? [] : [['CSeq', request.value('CSeq')!] as const]), ...timer, ...this.#told];
  }

  #timer(response: SipResponse): ReturnType<typeof timerAnswer> {
    return timerAnswer(this.#tx.request, this.headers, response);
  }

  forwarded(response: SipResponse, branch: Branch): void {
    const { calls } = this.#parts;
    const target = branch.destination.uri;
    const token = this.late.tokenOf(branch);
    const returned = returnedNumber(branch.destination, response);
    if (response.status < 200) calls.ringing(this.#call, branch.id, target, returned);
    else if (token) {
      const said = this.#media.saidBy(branch);
      const isAnchored = this.#call.media !== '';
      calls.answered(this.#call, {
        ...this.#answered(response, token, branch),
        branch: branch.id,
        target,
        identity: branch.destination.identity,
        returned,
        callerSaid: this.#media.callerSaid(branch),
        said: isAnchored ? said : undefined,
        codec: codecOf(said?.sdp ?? sdpOf(response)),
        timer: sessionTimer(response, this.#timer(response), 'caller', this.#parts.now()),
      });
      this.#parts.moves.answered(this.#call.id, this.#call.toCallee);
      this.#call.toCallee = undefined;
    }
  }

  async authorize({ destination: { identity, uri } }: Branch, response: SipResponse): Promise<string> {
    if (identity?.trunk === undefined) throw new Fault(trunkChallenged, excerpt(uri));
    const { tenant, trunk } = identity;
    const challenged = { tenant, trunk, method: 'INVITE', uri, peer: '', known: false };
    return credentialsFor(this.#parts, this.#facts, challenged, response);
  }

  async redirected(response: SipResponse): Promise<readonly DestinationGroup[]> {
    this.#redirection ??= new Redirection(this.#parts, this.#facts, this.#call);
    const groups = await this.#redirection.follow(response);
    return acceptableGroups(this.#parts, this.#tx.request, this.#callerCodecs, groups);
  }

  finished(result: BranchResult, ended: readonly EndedBranch[]): void {
    const known = this.#isInVain(result) ? this.#media.lost : faultOf(result, this.#call, this.#unreached);
    const isClosed = known === targetUnreachable && result.status === 408 && this.#behindNat.length > 0;
    const fault = isClosed ? natClosed : known;
    const attempts = ended.map(({ branch, result: { status } }) => ({
      target: branch.destination.uri,
      status,
    }));
    const diagnosis = this.#diagnosis(result, fault, ended);
    this.#parts.calls.failed(this.#call, result.status, { fault, attempts, diagnosis });
  }

  #diagnosis(
    { response, status }: BranchResult,
    kind: FaultKind | undefined,
    ended: readonly EndedBranch[],
  ): event.Diagnosis | undefined {
    if (!response && !kind?.layer) return undefined;
    return diagnose({
      status,
      response,
      kind,
      ended: ended.map(({ branch, result }) => ({
        destination: branch.destination,
        status: result.status,
        response: result.response,
        isAuthorized: branch.authorized.times > 0,
        fault: this.#faults?.get(branch.id),
      })),
      hasRung: this.#call.ringing.size > 0,
      offer: sdpOf(this.#tx.request),
      evidence: kind === natClosed ? this.#explain() : [],
    });
  }

  /** Says where the phones were looked for that have given no sign. */
  #explain(): readonly string[] {
    const { log, now } = this.#parts;
    const { callId: sipCallId } = this.#tx.request;
    const phones = this.#behindNat.map((destination) => describeFlow(destination, now()));
    const evidence = phones.map((phone) => `no sign of ${phone}`);
    const { code: fault, layer } = natClosed;
    log.info({ callId: this.#call.id, sipCallId, layer, fault }, evidence.join(', '));
    return evidence;
  }

  /** Answered, but without media; not for one that has failed otherwise. */
  #isInVain({ response, status }: BranchResult): boolean {
    return !response && this.#media.lost?.status === status;
  }
}

/** What was found by its name is found by that again, whatever its address is: no NAT is between. */
function whereOf({ destination, hops }: Branch, { host, port }: Flow): string {
  return hops?.isLocated || hops?.wasLocated ? `sip:${hostPort(host, port)}` : destination.uri;
}

/** Why a call failed when no callee has said so; nothing when the caller cancelled. */
function faultOf(result: BranchResult, { ringing }: SetupCall, unreached: FaultKind): FaultKind | undefined {
  if (result.response || result.status === 487) return undefined;
  // A 503 of ours that is no trunk without a place is what is told while the edge stops.
  if (result.status === edgeStopping.status && !result.isOurs) return systemStopped;
  // A phone that is gone gives no sign at all.
  return result.status === 408 && ringing.size > 0 ? ringTimeout : unreached;
}

/** `sip:1002@10.0.0.5:5060, seen at 192.0.2.1:40000 (bound 131 s ago, not kept alive)`. */
function describeFlow({ uri, flow, bound }: Destination, now: number): string {
  const age = bound ? `bound ${Math.round((now - bound.at) / 1_000)} s ago` : 'never bound';
  const kept = bound?.keepAlive ? `asked every ${bound.keepAlive} s` : 'not kept alive';
  return `${uri}, seen at ${flow?.host}:${flow?.port} (${age}, ${kept})`;
}
