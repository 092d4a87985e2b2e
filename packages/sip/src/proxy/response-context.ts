import type { SipResponse } from '../message/response.ts';
import { type BranchResult, bestResponse } from './best-response.ts';

/** Why a branch is cancelled; becomes the Reason header (RFC 3326). */
export type CancelReason =
  | 'answered-elsewhere'
  | 'caller-cancelled'
  | 'ring-timeout'
  | 'declined-elsewhere'
  | 'abandoned';

/** One target that was tried. */
interface Branch {
  readonly group: number;
  result?: BranchResult;
  /** What its final answer means after we cancelled it. */
  cancelled?: CancelReason;
  /** Others are tried in its place: its answer is for the proxy alone. */
  followed?: true;
}

/** All branches of one forwarded request (RFC 3261 §16.7). Plain data. */
export interface ResponseContext {
  /** How many groups there are; they are tried one after the other. */
  groups: number;
  /** The group that rings now; -1 before the first. */
  current: number;
  readonly branches: Map<number, Branch>;
  /** Whose 2xx has gone upstream. */
  answer?: { readonly branch: number; readonly tag: string | undefined };
  /** The final response has gone upstream, or must not any more. */
  finished: boolean;
  /** The caller has cancelled, or a branch has declined for all (6xx, or by a policy): no further group. */
  stopped?: 'cancelled' | 'declined';
}

export type ContextInput =
  | {
      readonly on: 'response';
      readonly branch: number;
      readonly response: SipResponse;
      /** A final answer that is for the caller, whoever could be tried after it. */
      readonly isLast?: boolean;
    }
  /** A branch that cannot answer: 408 for no answer, 503 for a transport error (§16.9). */
  | { readonly on: 'failure'; readonly branch: number; readonly status: number; readonly isOurs?: boolean }
  | { readonly on: 'ring-timeout'; readonly group: number }
  | { readonly on: 'cancel' }
  /** The proxy itself gives up, with a status of its own. */
  | { readonly on: 'abandon'; readonly status: number };

export type ContextEffect =
  | { readonly do: 'start'; readonly group: number }
  | { readonly do: 'forward'; readonly branch: number; readonly response: SipResponse }
  /** A 2xx of another dialog than the one that has the call: the caller could only hang up on it. */
  | { readonly do: 'dismiss'; readonly branch: number; readonly response: SipResponse }
  | { readonly do: 'cancel'; readonly branch: number; readonly reason: CancelReason }
  /** The final answer: the response of a branch, or a status of our own. */
  | { readonly do: 'finish'; readonly result: BranchResult; readonly all: readonly BranchResult[] };

export function createContext(groups: number): ResponseContext {
  return { groups, current: -1, branches: new Map(), finished: false };
}

/** Begins with the first group. */
export function startContext(context: ResponseContext): ContextEffect[] {
  return nextGroup(context);
}

/** Says that a branch of the current group has been sent. */
export function addBranch(context: ResponseContext, branch: number): void {
  context.branches.set(branch, { group: context.current });
}

/** Says that all branches of the current group have been added; a group in which none could be sent is over. */
export function groupStarted(context: ResponseContext): ContextEffect[] {
  return settle(context);
}

/** A redirection is followed (§16.7 step 4): its targets join the current group, `groups` more come after that. */
export function followRedirection(
  context: ResponseContext,
  id: number,
  response: SipResponse,
  groups: number,
): void {
  const branch = context.branches.get(id);
  if (branch) Object.assign(branch, { result: { status: response.status, response }, followed: true });
  context.groups += groups;
}

export function stepContext(context: ResponseContext, input: ContextInput): ContextEffect[] {
  switch (input.on) {
    case 'response':
      return onResponse(context, input);
    case 'failure':
      return onFinal(context, input.branch, { status: input.status, isOurs: input.isOurs ?? false });
    case 'ring-timeout':
      return input.group === context.current ? cancelPending(context, 'ring-timeout') : [];
    case 'cancel':
      return onCancel(context);
    case 'abandon':
      return onAbandon(context, input.status);
  }
}

/** Whether every branch has had its final answer, whatever went upstream. */
export function hasSettled(context: ResponseContext): boolean {
  return [...context.branches.values()].every(({ result }) => result !== undefined);
}

/** Whether somebody still waits for what a branch answers, so that it is worth being tried otherwise. */
export function isWanted({ branches, finished, stopped }: ResponseContext, id: number): boolean {
  const branch = branches.get(id);
  return !finished && !stopped && !branch?.result && !branch?.cancelled;
}

function onResponse(
  context: ResponseContext,
  { branch, response, isLast = false }: Extract<ContextInput, { on: 'response' }>,
): ContextEffect[] {
  if (response.status < 200) return onProvisional(context, branch, response);
  if (response.status < 300) return onSuccess(context, branch, response);
  return onFinal(context, branch, { status: response.status, response }, isLast);
}

/** §16.7 step 5: every provisional but 100 goes upstream while no final has. */
function onProvisional(context: ResponseContext, branch: number, response: SipResponse): ContextEffect[] {
  const { cancelled, result } = context.branches.get(branch) ?? {};
  if (response.status === 100 || context.finished || cancelled || result) return [];
  return [{ do: 'forward', branch, response }];
}

/**
 * §16.7 step 5 would send every 2xx upstream, and has the caller hang up on all but the first. Many phones do not, and
 * media can go to one callee only.
 */
function onSuccess(context: ResponseContext, branch: number, response: SipResponse): ContextEffect[] {
  const found = context.branches.get(branch);
  if (found) found.result = { status: response.status, response };
  const tag = response.to.params.get('tag');
  if (!context.finished) context.answer = { branch, tag };
  context.finished = true;
  const hasCall = context.answer?.branch === branch && context.answer.tag === tag;
  if (!hasCall) return [{ do: 'dismiss', branch, response }];
  return [{ do: 'forward', branch, response }, ...cancelPending(context, 'answered-elsewhere')];
}

function onFinal(
  context: ResponseContext,
  id: number,
  result: BranchResult,
  isLast: boolean = false,
): ContextEffect[] {
  const branch = context.branches.get(id);
  if (!branch || branch.result) return [];
  branch.result = branch.cancelled === 'ring-timeout' ? { status: 408 } : result;
  if (context.finished) return [];
  // §16.7 step 5: a 6xx ends the search, and what a policy says does as well; the others are cancelled and then it goes upstream.
  if ((result.status >= 600 || isLast) && !context.stopped) {
    context.stopped = 'declined';
    return [...cancelPending(context, 'declined-elsewhere'), ...settle(context)];
  }
  return settle(context);
}

/** §16.10 */
function onCancel(context: ResponseContext): ContextEffect[] {
  if (context.finished) return [];
  context.stopped = 'cancelled';
  return [...cancelPending(context, 'caller-cancelled'), ...settle(context)];
}

/** The caller does not wait for the branches: who gives up has no time for that. */
function onAbandon(context: ResponseContext, status: number): ContextEffect[] {
  if (context.finished) return [];
  context.finished = true;
  return [...cancelPending(context, 'abandoned'), { do: 'finish', result: { status }, all: [] }];
}

function cancelPending(context: ResponseContext, reason: CancelReason): ContextEffect[] {
  const effects: ContextEffect[] = [];
  for (const [id, branch] of context.branches) {
    if (branch.result || branch.cancelled) continue;
    branch.cancelled = reason;
    effects.push({ do: 'cancel', branch: id, reason });
  }
  return effects;
}

/** When all branches of the group have ended: the next group, or the final answer (§16.7 step 6). */
function settle(context: ResponseContext): ContextEffect[] {
  if (context.finished || !hasSettled(context)) return [];
  if (!context.stopped && context.current + 1 < context.groups) return nextGroup(context);
  context.finished = true;
  const all = Array.from(context.branches.values(), ({ result }) => result!);
  return [{ do: 'finish', result: finalResult(context), all }];
}

function finalResult(context: ResponseContext): BranchResult {
  if (context.stopped === 'cancelled') return { status: 487 };
  const asked = [...context.branches.values()].filter(({ followed }) => !followed);
  const best = bestResponse(asked.map(({ result }) => result!)) ?? { status: 480 };
  // §16.7 step 6: a 503 speaks of one server downstream, not of us.
  return best.status === 503 && !best.isOurs ? { status: 500 } : best;
}

function nextGroup(context: ResponseContext): ContextEffect[] {
  context.current++;
  return [{ do: 'start', group: context.current }];
}
