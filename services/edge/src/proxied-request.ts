import type { router } from '@tandem/contract';
import {
  addBranch,
  type BranchResult,
  type CancelReason,
  type ContextEffect,
  createContext,
  Fault,
  followRedirection,
  groupStarted,
  hasSettled,
  isWanted,
  nextHop,
  type ResponseContext,
  type SipResponse,
  startContext,
  stepContext,
} from '@tandem/sip';
import { Alarm } from './alarm.ts';
import { AnsweredRequest } from './answered-request.ts';
import { Branch } from './branch.ts';
import { BranchWriter } from './branch-writer.ts';
import { cancelReasons } from './cancel-reason.ts';
import { type Destination, type DestinationGroup, isLast, onlyThose } from './destination.ts';
import { targetUnreachable, trunkChallenged, trunkFull } from './faults.ts';
import { NextHops } from './next-hops.ts';
import type { EdgeParts, ServerTx, ServerUser } from './parts.ts';
import { patienceWith } from './patience.ts';
import type { ProxyOwner } from './proxy-owner.ts';
import { RingTime } from './ring-time.ts';
import type { Flow } from './socket/flow.ts';
import { authorizedBy } from './trunk-challenge.ts';
import { Upstream } from './upstream.ts';

/** A request that this edge has in both hands: a server transaction, and a client transaction for each target. */
export class ProxiedRequest implements ServerUser {
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #groups: DestinationGroup[];
  readonly #owner: ProxyOwner;
  readonly #context: ResponseContext;
  readonly #branches: Branch[] = [];
  readonly #upstream: Upstream;
  readonly #writer: BranchWriter;
  readonly #ring: RingTime;
  /** What arrives is worked off in order: a session description takes a round trip to a media worker. */
  #work: Promise<void> = Promise.resolve();
  /** Told when all branches have ended. */
  #settled: (() => void) | undefined;
  #cancelReason: string | undefined;

  constructor(parts: EdgeParts, tx: ServerTx, groups: readonly DestinationGroup[], owner: ProxyOwner) {
    this.#parts = parts;
    this.#tx = tx;
    this.#groups = [...groups];
    this.#owner = owner;
    this.#context = createContext(groups.length);
    this.#upstream = new Upstream(parts, tx, owner);
    this.#writer = new BranchWriter(parts, tx, owner, this.#upstream);
    this.#ring = new RingTime(parts, (group) =>
      this.#enqueue(() => this.#run(stepContext(this.#context, { on: 'ring-timeout', group }))),
    );
  }

  start(): void {
    this.#enqueue(() => this.#run(startContext(this.#context)));
  }

  responded(branch: Branch, response: SipResponse): void {
    if (this.#upstream.repeats(branch, response)) return;
    if (this.#isCurrent(branch)) {
      this.#calm(branch);
      branch.hops?.answered();
    }
    if (this.#isRedirected(branch, response)) void this.#redirect(branch, response);
    else this.#answered(branch, response);
  }

  #answered(branch: Branch, response: SipResponse): void {
    this.#enqueue(() => this.#take(branch, response));
  }

  #isRedirected(branch: Branch, { status }: SipResponse): boolean {
    const isRedirection = status >= 300 && status < 400 && branch.destination.follows === true;
    return isRedirection && this.#isCurrent(branch) && isWanted(this.#context, branch.id);
  }

  /** Nothing else waits while routers are asked. */
  async #redirect(branch: Branch, response: SipResponse): Promise<void> {
    const tried = new Set(this.#branches.map(({ destination }) => destination.uri));
    // Who has been asked once is not asked again for having been named by another one.
    const groups = onlyThose(await this.#leads(response), ({ uri }) => !tried.has(uri));
    if (groups.length === 0) this.#answered(branch, response);
    else this.#enqueue(() => this.#follow(branch, response, groups));
  }

  async #leads(response: SipResponse): Promise<readonly DestinationGroup[]> {
    try {
      return (await this.#owner.redirected?.(response)) ?? [];
    } catch (err) {
      const level = err instanceof Fault ? 'info' : 'error';
      this.#parts.log[level]({ sipCallId: response.callId, err }, 'a redirection was not followed');
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

  /** RFC 3263 §4.3: another server may take it. */
  unavailable(branch: Branch, response: SipResponse): void {
    const wait = response.retryAfter;
    const rest = wait === undefined ? undefined : wait * 1_000;
    this.#enqueue(() => this.#attemptFailed(branch, { status: 503, response }, 'has answered 503', rest));
  }

  /** Credentials of a phone are none of somebody outside: it would prove its password to whoever asks. */
  challenged(branch: Branch, response: SipResponse): void {
    this.#calm(branch);
    branch.hops?.answered();
    this.#enqueue(() => this.#authorize(branch, response));
  }

  /** A trunk of ours gets its own: in a request of its own, with the next number (RFC 3261 §22.2). */
  async #authorize(branch: Branch, response: SipResponse): Promise<void> {
    if (!this.#isCurrent(branch)) return;
    try {
      const authorized = await authorizedBy(this.#owner, branch, response);
      const next = new Branch(branch.id, branch.destination, this);
      next.authorized = authorized;
      next.hops = NextHops.again(branch.tx!.flow, branch.hops!);
      this.#branches[branch.id] = next;
      await this.#attempt(next, { status: trunkChallenged.status });
    } catch (error) {
      await this.#unreached(branch, error);
    }
  }

  /** `result` says what the place has done; undefined when it is not to blame. */
  failed(branch: Branch, status: number, result?: string): void {
    this.#enqueue(() => this.#attemptFailed(branch, { status }, result));
  }

  /** The flow is gone, says who has it: who is not behind a NAT may be reached by what its contact says. */
  flowFailed(branch: Branch): void {
    const { status } = targetUnreachable;
    this.#enqueue(() => this.#otherwise(branch, { status }, branch.next));
  }

  cancel(reason: string | undefined): void {
    this.#cancelReason = reason;
    this.#enqueue(() => this.#run(stepContext(this.#context, { on: 'cancel' })));
  }

  /** Where the request came from. */
  get flow(): Flow {
    return this.#tx.flow;
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
          await this.#startTargets(effect.group, this.#groups[effect.group]!);
          break;
        case 'forward':
          await this.#forward(this.#branches[effect.branch]!, effect.response);
          break;
        case 'dismiss':
          this.#owner.late.dismiss(effect.response);
          break;
        case 'cancel':
          this.#cancelBranch(this.#branches[effect.branch]!, effect.reason);
          break;
        case 'finish':
          this.#finish(effect.result, effect.all);
          break;
      }
    }
    if (!(this.#settled || this.#context.answer) || !hasSettled(this.#context)) return;
    this.#settled?.();
    this.#rest();
  }

  /** Nothing is to come but what phones say again: that needs little of all this. */
  #rest(): void {
    const { answer } = this.#context;
    const branch = answer && this.#branches[answer.branch];
    if (!branch?.tx || !branch.success || this.#tx.request.method !== 'INVITE') return;
    const { send } = this.#parts;
    const { sent } = branch.success;
    const { late } = this.#owner;
    const user = new AnsweredRequest({ send, source: this.#tx.flow, branch: branch.tx.branch, sent, late });
    for (const { tx } of this.#branches) if (tx) tx.user = user;
  }

  async #startTargets(index: number, group: DestinationGroup): Promise<void> {
    this.#ring.stop();
    for (const destination of group.destinations) this.#send(destination);
    if (this.#tx.request.method === 'INVITE') this.#ring.start(index, group.ringTimeout);
    await this.#run(groupStarted(this.#context));
  }

  /** It goes out when it is known where to; nothing else waits for that. */
  #send(destination: Destination): void {
    const branch = new Branch(this.#branches.length, destination, this);
    this.#branches.push(branch);
    this.#owner.tried(branch);
    addBranch(this.#context, branch.id);
    const { place } = destination;
    const found = place ? this.#admitted(destination, place) : this.#locate(destination);
    found.then(
      (hops) => {
        branch.hops = hops;
        this.#enqueue(() => this.#attempt(branch, { status: targetUnreachable.status }));
      },
      (error: unknown) => this.#enqueue(() => this.#unreached(branch, error)),
    );
  }

  #locate(destination: Destination): Promise<NextHops> {
    return this.#parts.locator.hops(nextHop(destination), destination.flow, this.#tx.request.callId);
  }

  /** Where it may be, once the call has its place in a limit. */
  async #admitted(destination: Destination, place: router.Place): Promise<NextHops> {
    await this.#owner.admit?.(place);
    return this.#locate(destination);
  }

  /** Sends to the next place of a destination; when there is none, the destination ends with `last`. */
  async #attempt(branch: Branch, last: BranchResult): Promise<void> {
    const { layer, now, tracing } = this.#parts;
    if (!isWanted(this.#context, branch.id)) return;
    const flow = branch.hops?.next();
    if (!flow) return this.#exhausted(branch, last);
    const user = tracing?.leg(this.#tx.request, branch, branch.destination.uri) ?? branch;
    try {
      const text = this.#writer.prepare(branch, flow, user);
      if (!branch.tx) return this.#otherwise(branch, { status: 503 });
      layer.request(branch.tx, text, now());
    } catch (error) {
      if (branch.tx) layer.discard(branch.tx, now());
      return this.#unreached(branch, error);
    }
    this.#hurry(branch);
  }

  /** The next place of the same destination gets a branch of its own (RFC 3263 §4.3, RFC 3261 §16.7 step 6). */
  async #attemptFailed(branch: Branch, last: BranchResult, result?: string, rest?: number): Promise<void> {
    this.#calm(branch);
    if (!this.#isCurrent(branch)) return;
    if (result === undefined || !isWanted(this.#context, branch.id)) return this.#end(branch, last);
    const { hops } = branch;
    hops?.failed(result, rest);
    if (!hops?.hasMore) return this.#exhausted(branch, last);
    const next = new Branch(branch.id, branch.destination, this);
    next.hops = hops;
    this.#branches[branch.id] = next;
    return this.#attempt(next, last);
  }

  /** A target that has said nothing for long: if it answers all the same, it is hung up on. */
  async #outwaited(branch: Branch, patience: number): Promise<void> {
    const { layer, now } = this.#parts;
    if (!this.#isCurrent(branch) || !branch.tx || !isWanted(this.#context, branch.id)) return;
    if (branch.tx.method === 'INVITE') layer.cancel(branch.tx, now());
    else layer.discard(branch.tx, now());
    await this.#attemptFailed(branch, { status: 408 }, `has not answered within ${patience / 1000} s`);
  }

  #exhausted(branch: Branch, last: BranchResult): Promise<void> {
    const fault = branch.hops?.fault();
    if (fault) this.#report(branch, fault);
    return this.#otherwise(branch, last);
  }

  async #unreached(branch: Branch, error: unknown): Promise<void> {
    if (!(error instanceof Fault)) throw error;
    this.#report(branch, error);
    await this.#otherwise(branch, { status: error.kind.status, isOurs: error.kind === trunkFull });
  }

  /** The destination has failed: its phone may be reached by another of its flows. */
  async #otherwise(
    branch: Branch,
    last: BranchResult,
    next: Destination | undefined = branch.alternative,
  ): Promise<void> {
    const isPending = isWanted(this.#context, branch.id);
    const other = next ?? (isPending ? await branch.destination.again?.() : undefined);
    if (other && isPending) this.#send(other);
    await this.#end(branch, last);
  }

  /** Whoever looks for the cause finds it by the call. */
  unsendable(fault: Fault): void {
    const { ladder, log } = this.#parts;
    const { callId: sipCallId } = this.#tx.request;
    log.info({ sipCallId, fault: fault.kind.code }, fault.message);
    ladder?.unsendable(sipCallId, fault);
  }

  #report(branch: Branch, fault: Fault): void {
    this.unsendable(fault);
    this.#owner.unreached?.(branch, fault);
  }

  /** What came of a destination. */
  #end(ended: Branch, { isOurs = false, response, status }: BranchResult): Promise<void> {
    const { id: branch, destination } = ended;
    const hasEnded = this.#context.branches.get(branch)?.result !== undefined;
    if (destination.place && status >= 300 && !hasEnded) this.#owner.left?.(destination.place);
    const input = response
      ? ({ on: 'response', branch, response, isLast: isLast(destination, status) } as const)
      : ({ on: 'failure', branch, status, isOurs } as const);
    return this.#run(stepContext(this.#context, input));
  }

  async #take(branch: Branch, response: SipResponse): Promise<void> {
    if (this.#isCurrent(branch)) return this.#end(branch, { status: response.status, response });
    if (isSuccess(response) && this.#tx.request.method === 'INVITE') this.#owner.late.dismiss(response);
  }

  /** It has not been given up for the next place. */
  #isCurrent(branch: Branch): boolean {
    return this.#branches[branch.id] === branch;
  }

  /** Only where somebody else may take it. */
  #hurry(branch: Branch): void {
    const { current, groups } = this.#context;
    const patience = patienceWith(branch, current + 1 < groups);
    if (patience === undefined) return;
    branch.patience = new Alarm(() => this.#enqueue(() => this.#outwaited(branch, patience)));
    this.#parts.layer.wheel.arm(branch.patience, this.#parts.now() + patience);
  }

  #calm(branch: Branch): void {
    if (branch.patience) this.#parts.layer.wheel.cancel(branch.patience);
    branch.patience = undefined;
  }

  async #forward(branch: Branch, response: SipResponse): Promise<void> {
    if (response.status >= 200) this.#ring.stop();
    else this.#ring.heard();
    await this.#upstream.forward(branch, response);
  }

  #cancelBranch(branch: Branch, reason: CancelReason): void {
    // RFC 3326 §2: the caller's own reason goes on; it may be what its phone shows.
    const value =
      reason === 'caller-cancelled' ? (this.#cancelReason ?? cancelReasons[reason]) : cancelReasons[reason];
    this.#calm(branch);
    if (!branch.tx) {
      this.failed(branch, 408);
      return;
    }
    this.#parts.layer.cancel(branch.tx, this.#parts.now(), value);
    // RFC 3261 §9.1: the CANCEL waits for a sign of the phone. Nobody else does (§16.8): it may be gone.
    if (branch.tx.machine.state === 'calling') this.failed(branch, 408);
  }

  #finish(result: BranchResult, all: readonly BranchResult[]): void {
    this.#ring.stop();
    this.#owner.finished(
      result,
      all.map((each, index) => ({ branch: this.#branches[index]!, result: each })),
    );
    this.#upstream.finish(result, all);
  }
}

function isSuccess({ status }: SipResponse): boolean {
  return status >= 200 && status < 300;
}
