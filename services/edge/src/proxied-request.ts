import type { router } from '@tandem/contract';
import {
  addBranch,
  type BranchResult,
  type CancelReason,
  type ClientTransaction,
  type ContextEffect,
  createContext,
  Edit,
  excerpt,
  Fault,
  followRedirection,
  forwardRequest,
  groupStarted,
  hasSettled,
  isWanted,
  loopKey,
  mergedChallenges,
  nextHop,
  type ResponseContext,
  type SipResponse,
  startContext,
  stepContext,
  Timer,
  type TransactionFailure,
  timers,
} from '@tandem/sip';
import { answer, answerFault } from './answer.ts';
import { flowFailed, targetUnreachable } from './faults.ts';
import type { ClientUser, EdgeParts, ServerTx, ServerUser } from './parts.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';
import type { Veil } from './veil.ts';

/** One place that a request is sent to. */
export interface Destination {
  /** The new Request-URI. */
  readonly uri: string;
  /** Values of Route, first first. */
  readonly route: readonly string[];
  /** The flow that reaches it, where one is known. */
  readonly flow?: KnownFlow;
  /** Who is there, when it is a user of ours. */
  readonly identity?: router.Identity;
  /** How it is spoken to, when it is outside. */
  readonly outside?: router.Outside;
  /** Headers that are changed otherwise than those of the other destinations. */
  readonly headers?: ProxyOwner['headers'];
  /** Whether a redirection of it may be followed. */
  readonly follows?: boolean;
  /** Request-URI and Route stand as the request shall leave: strict routing has been seen to. */
  readonly isRouted?: boolean;
  /** Other ways to the same phone, tried one after the other (RFC 5626 §7). */
  readonly alternatives?: readonly Destination[];
}

/** Destinations that are tried together. */
export interface DestinationGroup {
  readonly destinations: readonly Destination[];
  /** Seconds; then the group is cancelled. An INVITE that is given none gets timer C (RFC 3261 §16.6 step 11). */
  readonly ringTimeout?: number;
}

/** What the owner of a proxied request adds to the rules of RFC 3261 §16. */
export interface ProxyOwner {
  /** The body to send on; undefined leaves the request's own. */
  readonly body: string | undefined;
  /** Headers to set, or to remove where the value is undefined. */
  readonly headers: readonly (readonly [name: string, value: string | undefined])[];
  /** What stands between sender and receiver of a branch that leaves by `flow`, where one of them is outside. */
  veil?(branch: Branch, flow: Flow): Veil | undefined;
  /** Headers to set in a response that goes upstream. */
  responseHeaders(response: SipResponse): readonly (readonly [name: string, value: string])[];
  /** A destination is about to be sent to. */
  tried(branch: Branch): void;
  /** Our values of Record-Route for a branch that leaves by `flow`. */
  recordRoute(branch: Branch, flow: Flow): readonly string[];
  /** The body to send upstream with a response; undefined leaves its own. A Fault leaves it as well. */
  responseBody(response: SipResponse, branch: Branch): Promise<string | undefined>;
  /** Whether a 2xx whose body cannot be had is of no use: then the request fails. */
  readonly needsBody?: boolean;
  /** A phone has answered too late, or in vain: this does not go upstream. */
  dismissed(response: SipResponse, branch: Branch): void;
  /** A provisional response or a 2xx is going upstream. */
  forwarded(response: SipResponse, branch: Branch): void;
  /** Where a redirection leads to, when that may be asked for; nowhere when it must not be followed. */
  redirected?(response: SipResponse): Promise<readonly DestinationGroup[]>;
  /** No branch succeeded: this is going upstream; `attempts` says what became of each. */
  finished(result: BranchResult, attempts: readonly Attempt[]): void;
}

/** What became of a destination. */
export interface Attempt {
  readonly target: string;
  readonly status: number;
}

const reasons: Record<CancelReason, string> = {
  'answered-elsewhere': 'SIP;cause=200;text="Call completed elsewhere"',
  'declined-elsewhere': 'SIP;cause=603;text="Declined"',
  'ring-timeout': 'SIP;cause=408;text="Nobody answered"',
  'caller-cancelled': 'SIP;cause=487;text="Caller cancelled"',
  abandoned: 'SIP;cause=503;text="The switch is shutting down"',
};

/** In seconds. */
const timerC = timers.C.unreliable / 1000;

/** One target of a proxied request. */
export class Branch implements ClientUser {
  readonly id: number;
  readonly destination: Destination;
  tx: ClientTransaction<Flow, ClientUser> | undefined;
  veil: Veil | undefined;
  /** The last 2xx and what went upstream for it: repeated ones are answered alike (RFC 6026 §7.1). */
  success: { readonly received: string; readonly sent: string } | undefined;
  readonly #request: ProxiedRequest;

  constructor(id: number, destination: Destination, request: ProxiedRequest) {
    this.id = id;
    this.destination = destination;
    this.#request = request;
  }

  response(response: SipResponse): void {
    const { status } = response;
    // Whoever has the flow says that it is gone, or has no room: that is no answer of the phone.
    const isFlowLost = status === flowFailed.status || (status === 503 && this.tx?.flow.carrier);
    // It is for the edge that asked for this very flow to try another one.
    if (isFlowLost && !this.destination.isRouted) this.#request.flowFailed(this);
    else this.#request.responded(this, response);
  }

  failed(cause: TransactionFailure): void {
    this.#request.unreached(this, cause);
  }

  /** Where else its phone may be reached. Only another edge's flow that is gone leaves the contact itself to be tried. */
  get next(): Destination | undefined {
    const { flow, alternatives: [other, ...others] = [], ...direct } = this.destination;
    if (other) return { ...other, alternatives: others };
    return this.tx?.flow.carrier && flow && !flow.only ? direct : undefined;
  }
}

/** A request that this edge has in both hands: a server transaction, and a client transaction for each target. */
export class ProxiedRequest implements ServerUser {
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #groups: DestinationGroup[];
  readonly #owner: ProxyOwner;
  readonly #context: ResponseContext;
  readonly #branches: Branch[] = [];
  /** What arrives is worked off in order: a session description takes a round trip to a media worker. */
  #work: Promise<void> = Promise.resolve();
  #ring: Timer | undefined;
  /** Told when all branches have ended. */
  #settled: (() => void) | undefined;
  #cancelReason: string | undefined;
  /** It was answered in vain. */
  #hasFailed = false;

  constructor(parts: EdgeParts, tx: ServerTx, groups: readonly DestinationGroup[], owner: ProxyOwner) {
    this.#parts = parts;
    this.#tx = tx;
    this.#groups = [...groups];
    this.#owner = owner;
    this.#context = createContext(groups.length);
  }

  start(): void {
    this.#enqueue(() => this.#run(startContext(this.#context)));
  }

  responded(branch: Branch, response: SipResponse): void {
    if (branch.success?.received === response.text) {
      this.#parts.layer.respond(this.#tx, branch.success.sent, this.#parts.now());
      return;
    }
    if (this.#isRedirected(branch, response)) void this.#redirect(branch, response);
    else this.#answered(branch, response);
  }

  #answered(branch: Branch, response: SipResponse): void {
    this.#enqueue(() =>
      this.#run(stepContext(this.#context, { on: 'response', branch: branch.id, response })),
    );
  }

  /** Says which next hop it is, which is often not what the URI names. */
  unreached(branch: Branch, cause: TransactionFailure): void {
    const why = cause === 'timeout' ? 'does not answer' : 'cannot be sent to';
    const fault = new Fault(targetUnreachable, `${excerpt(nextHop(branch.destination))} ${why}`);
    this.#parts.log.info({ sipCallId: this.#tx.request.callId, fault: fault.kind.code }, fault.message);
    this.failed(branch, cause === 'timeout' ? 408 : targetUnreachable.status);
  }

  #isRedirected({ destination, id }: Branch, { status }: SipResponse): boolean {
    const isRedirection = status >= 300 && status < 400 && destination.follows === true;
    return isRedirection && isWanted(this.#context, id);
  }

  /** Nothing else waits while routers are asked. */
  async #redirect(branch: Branch, response: SipResponse): Promise<void> {
    const groups = await this.#leads(response);
    if (groups.length === 0) this.#answered(branch, response);
    else this.#enqueue(() => this.#follow(branch, response, groups));
  }

  async #leads(response: SipResponse): Promise<readonly DestinationGroup[]> {
    try {
      return (await this.#owner.redirected?.(response)) ?? [];
    } catch (err) {
      this.#parts.log.error({ sipCallId: response.callId, err }, 'a redirection was not followed');
      return [];
    }
  }

  async #follow(branch: Branch, response: SipResponse, groups: readonly DestinationGroup[]): Promise<void> {
    const [first, ...later] = groups;
    const context = this.#context;
    if (!first || !isWanted(context, branch.id)) {
      await this.#run(stepContext(context, { on: 'response', branch: branch.id, response }));
      return;
    }
    this.#groups.splice(context.current + 1, 0, ...later);
    followRedirection(context, branch.id, response, later.length);
    await this.#startTargets(context.current, first);
  }

  /** The target has not answered, or could not be sent to: its phone may be reached by another of its flows. */
  failed(branch: Branch, status: number): void {
    this.#fails(branch, status, branch.destination.alternatives?.length ? branch.next : undefined);
  }

  /** The flow is gone, says who has it: who is not behind a NAT may be reached by what its contact says. */
  flowFailed(branch: Branch): void {
    this.#fails(branch, targetUnreachable.status, branch.next);
  }

  #fails(branch: Branch, status: number, next: Destination | undefined): void {
    this.#enqueue(async () => {
      if (next && isWanted(this.#context, branch.id)) await this.#send(next);
      await this.#run(stepContext(this.#context, { on: 'failure', branch: branch.id, status }));
    });
  }

  cancel(reason: string | undefined): void {
    this.#cancelReason = reason;
    this.#enqueue(() => this.#run(stepContext(this.#context, { on: 'cancel' })));
  }

  /** Answers with a status of our own at once; resolves when those that were cancelled have answered, too. */
  abandon(status: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#settled = resolve;
    this.#enqueue(() => this.#run(stepContext(this.#context, { on: 'abandon', status })));
    return promise;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'proxy'));
  }

  async #run(effects: readonly ContextEffect[]): Promise<void> {
    for (const effect of effects) {
      switch (effect.do) {
        case 'start':
          await this.#startGroup(effect.group);
          break;
        case 'forward':
          await this.#forward(this.#branches[effect.branch]!, effect.response);
          break;
        case 'dismiss':
          this.#owner.dismissed(effect.response, this.#branches[effect.branch]!);
          break;
        case 'cancel':
          this.#cancelBranch(this.#branches[effect.branch]!, effect.reason);
          break;
        case 'finish':
          this.#finish(effect.result, effect.all);
          break;
      }
    }
    if (this.#settled && hasSettled(this.#context)) this.#settled();
  }

  async #startGroup(index: number): Promise<void> {
    await this.#startTargets(index, this.#groups[index]!);
  }

  async #startTargets(index: number, group: DestinationGroup): Promise<void> {
    this.#stopRinging();
    await Promise.all(group.destinations.map((destination) => this.#send(destination)));
    if (this.#tx.request.method === 'INVITE') this.#startRinging(index, group.ringTimeout ?? timerC);
    await this.#run(groupStarted(this.#context));
  }

  async #send(destination: Destination): Promise<void> {
    const { branchSecret, layer, locator, log, now } = this.#parts;
    const branch = new Branch(this.#branches.length, destination, this);
    this.#branches.push(branch);
    this.#owner.tried(branch);
    addBranch(this.#context, branch.id);
    try {
      const { request } = this.#tx;
      const flow = await locator.reach(nextHop(destination), destination.flow, request.callId);
      const user = this.#parts.tracing?.leg(request, branch, destination.uri) ?? branch;
      branch.tx = layer.prepare(request.method, flow, user, loopKey(request, branchSecret), now());
      if (!branch.tx) this.failed(branch, 503);
      else layer.request(branch.tx, this.#write(branch, branch.tx.branch, flow), now());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.info({ sipCallId: this.#tx.request.callId, fault: error.kind.code }, error.message);
      this.failed(branch, error.kind.status);
    }
  }

  #write(branch: Branch, id: string, flow: Flow): string {
    const { request } = this.#tx;
    branch.veil = this.#owner.veil?.(branch, flow);
    const body = branch.veil ? branch.veil.body(request, this.#owner.body) : this.#owner.body;
    const headers = branch.destination.headers ?? this.#owner.headers;
    return forwardRequest(branch.veil?.request(request) ?? request, {
      ...branch.destination,
      via: viaValue(flow, id),
      recordRoute: this.#owner.recordRoute(branch, flow),
      headers,
      ...(body === undefined ? {} : { body }),
    });
  }

  async #forward(branch: Branch, response: SipResponse): Promise<void> {
    if (response.status >= 200) this.#stopRinging();
    if (this.#hasFailed) return this.#owner.dismissed(response, branch);
    const body = await this.#responseBody(branch, response);
    if (body instanceof Fault && response.status >= 200 && this.#owner.needsBody) {
      this.#fail(branch, response, body);
      return;
    }
    const edit = this.#upstream(response, branch);
    if (typeof body === 'string') edit.body(body);
    // What cannot be read cannot be covered either.
    else if (body && branch.veil) edit.body('');
    const sent = edit.write();
    if (response.status >= 200) branch.success = { received: response.text, sent };
    this.#owner.forwarded(response, branch);
    this.#parts.layer.respond(this.#tx, sent, this.#parts.now());
  }

  async #responseBody(branch: Branch, response: SipResponse): Promise<string | Fault | undefined> {
    try {
      const body = await this.#owner.responseBody(response, branch);
      return branch.veil ? branch.veil.body(response, body) : body;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#parts.log.warn({ sipCallId: response.callId, fault: error.kind.code }, error.message);
      return error;
    }
  }

  #fail(branch: Branch, response: SipResponse, fault: Fault): void {
    this.#hasFailed = true;
    this.#owner.dismissed(response, branch);
    this.#owner.finished({ status: fault.kind.status }, []);
    answerFault(this.#parts, this.#tx, fault);
  }

  #upstream(response: SipResponse, branch: Branch | undefined): Edit {
    const veiled = branch?.veil?.response(response, this.#tx.request);
    const edit = veiled ?? new Edit(response).removeFirst('Via');
    for (const [name, value] of this.#owner.responseHeaders(response)) edit.set(name, value);
    return edit;
  }

  #cancelBranch(branch: Branch, reason: CancelReason): void {
    // RFC 3326 §2: the caller's own reason goes on; it may be what its phone shows.
    const value = reason === 'caller-cancelled' ? (this.#cancelReason ?? reasons[reason]) : reasons[reason];
    if (!branch.tx) return;
    this.#parts.layer.cancel(branch.tx, this.#parts.now(), value);
    // RFC 3261 §9.1: the CANCEL waits for a sign of the phone. Nobody else does (§16.8): it may be gone.
    if (branch.tx.machine.state === 'calling') this.failed(branch, 408);
  }

  #finish(result: BranchResult, all: readonly BranchResult[]): void {
    this.#stopRinging();
    const targets = this.#branches.map(({ destination }) => destination.uri);
    const attempts = all.map(({ status }, index) => ({ target: targets[index]!, status }));
    this.#owner.finished(result, attempts);
    if (result.status === 408 && this.#tx.request.method !== 'INVITE') {
      // RFC 4320 §4.2: a 408 would come too late to be of use.
      this.#parts.layer.discard(this.#tx, this.#parts.now());
      return;
    }
    const challenged = result.status === 401 || result.status === 407;
    if (!result.response || challenged) {
      const headers = challenged ? mergedChallenges(all) : [];
      answer(this.#parts, this.#tx, result.status, { headers });
      return;
    }
    const sent = this.#upstream(result.response, this.#branchOf(result.response)).write();
    this.#parts.layer.respond(this.#tx, sent, this.#parts.now());
  }

  #branchOf({ via }: SipResponse): Branch | undefined {
    const id = via.params.get('branch');
    return this.#branches.find(({ tx }) => tx?.branch === id);
  }

  #startRinging(group: number, seconds: number): void {
    this.#ring = new RingTimer(() => {
      this.#enqueue(() => this.#run(stepContext(this.#context, { on: 'ring-timeout', group })));
    });
    this.#parts.layer.wheel.arm(this.#ring, this.#parts.now() + seconds * 1000);
  }

  #stopRinging(): void {
    if (this.#ring) this.#parts.layer.wheel.cancel(this.#ring);
    this.#ring = undefined;
  }
}

class RingTimer extends Timer {
  readonly #expired: () => void;

  constructor(expired: () => void) {
    super();
    this.#expired = expired;
  }

  fire(): void {
    this.#expired();
  }
}

/** Our Via on a request that leaves by a flow. */
export function viaValue(flow: Flow, branch: string): string {
  const { transport, advertised } = (flow.carrier ?? flow).listener;
  const rport = transport === 'udp' ? ';rport' : '';
  return `SIP/2.0/${transport.toUpperCase()} ${advertised};branch=${branch}${rport}`;
}
