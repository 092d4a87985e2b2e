import type { router } from '@tandem/contract';
import { Fault } from '@tandem/sip';
import { routerUnavailable } from '../../faults.ts';
import type { Peer } from './peer.ts';

/** A router that has been asked. */
export type Asked = Pick<Peer, 'id' | 'ask' | 'owes' | 'forget'>;

/** A request that waits for its verdict. */
interface Question {
  /** The same at every router that is asked. */
  readonly id: number;
  readonly request: router.Request;
  readonly askedAt: number;
  readonly resolve: (verdict: router.Verdict) => void;
  readonly reject: (error: Error) => void;
  /** The routers that have it, or have declined it. */
  readonly asked: Set<Asked>;
  /** The last that was asked. */
  last: Asked | undefined;
  /** A router may have carried it out. */
  repeated: boolean;
}

/** What became of questions so far. */
export interface QuestionTallies {
  answered: number;
  retried: number;
  timed_out: number;
  declined: number;
  failed: number;
  shed: number;
}

export interface QuestionsOptions {
  /** Questions that may wait at once. */
  readonly capacity: number;
  readonly now: () => number;
  /** A router to ask, which is none of some. */
  readonly choose: (without: ReadonlySet<Asked>, now: number) => Asked | undefined;
  /** Told how long a verdict took. */
  readonly decisionTime: (seconds: number) => void;
}

/** Milliseconds that a verdict may take in all. */
const deadlineMs = 2_000;

/**
 * Questions to another router because one that lives was too slow: so many at first, and one more for every ten
 * answers. Where all are slow for want of processors, asking twice would make that worse.
 */
const spares = 100;
const sparePerAnswer = 0.1;

/** Faults of a router that another router may not have: see `Reject.fault` in the contract. */
const overloaded = 'router-overloaded';
// A router whose store is away knows whom it has seen itself; the next one may have seen others.
const declining: readonly string[] = [overloaded, 'router-failed', 'store-unavailable'];

/** The requests that have no verdict yet. The first verdict counts, whichever router it comes from. */
export class Questions {
  readonly tallies: QuestionTallies = {
    answered: 0,
    retried: 0,
    timed_out: 0,
    declined: 0,
    failed: 0,
    shed: 0,
  };
  readonly #options: QuestionsOptions;
  /** The oldest first. */
  readonly #open = new Map<number, Question>();
  /** Those of them that want a router to ask. */
  readonly #waiting = new Set<Question>();
  #spares = spares;
  #lastId = 0;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Rejects with a Fault when there is no verdict in time, or no room. */
  add(request: router.Request): Promise<router.Verdict> {
    const { promise, resolve, reject } = Promise.withResolvers<router.Verdict>();
    if (this.#open.size >= this.#options.capacity) {
      this.tallies.shed++;
      reject(new Fault(routerUnavailable, `${this.#open.size} requests wait for a verdict`));
      return promise;
    }
    const { repeated } = request;
    const question: Question = {
      id: this.#nextId(),
      request,
      askedAt: this.#options.now(),
      resolve,
      reject,
      asked: new Set(),
      last: undefined,
      repeated,
    };
    this.#open.set(question.id, question);
    this.#ask(question);
    return promise;
  }

  /** A router can be asked that could not be asked before. */
  available(): void {
    for (const question of this.#waiting) this.#ask(question);
  }

  answered(peer: Asked, verdict: router.Verdict): void {
    const question = this.#open.get(verdict.id);
    if (!question) return;
    if (isDeclined(verdict)) {
      this.#declined(peer, question, verdict.decision.value.fault);
      return;
    }
    this.#end(question);
    this.tallies.answered++;
    this.#spares = Math.min(spares, this.#spares + sparePerAnswer);
    this.#options.decisionTime((this.#options.now() - question.askedAt) / 1000);
    question.resolve(verdict);
  }

  /** A router will never answer these. */
  lost(peer: Asked, ids: readonly number[]): void {
    for (const id of ids) {
      const question = this.#open.get(id);
      if (!question) continue;
      question.asked.delete(peer);
      question.repeated = true;
      if (question.last === peer) this.#ask(question);
    }
  }

  /** A router takes too long for these: another one is asked as well. `silent` is one that answers nothing at all. */
  overdue(ids: readonly number[], silent: boolean): void {
    for (const id of ids) {
      const question = this.#open.get(id);
      if (!question) continue;
      this.tallies.timed_out++;
      question.repeated = true;
      if (!silent && this.#spares < 1) continue;
      if (!silent) this.#spares--;
      this.#ask(question);
    }
  }

  /** Gives up what has waited for too long. */
  expire(now: number): void {
    for (const question of this.#open.values()) {
      if (now - question.askedAt < deadlineMs) break;
      this.#fail(question, `no verdict within ${deadlineMs} ms; ${account(question)}`);
    }
  }

  /** Gives up everything. */
  close(why: string): void {
    for (const question of this.#open.values()) this.#fail(question, why);
  }

  /** Asks a router that does not have it yet; when there is none the question waits. */
  #ask(question: Question): void {
    const now = this.#options.now();
    const peer = this.#options.choose(question.asked, now);
    if (!peer) {
      this.#waiting.add(question);
      return;
    }
    this.#waiting.delete(question);
    if (question.last) this.tallies.retried++;
    question.asked.add(peer);
    question.last = peer;
    const { id, request, repeated } = question;
    peer.ask({ ...request, id, repeated }, now);
  }

  /** The router has answered, but not decided. */
  #declined(peer: Asked, question: Question, fault: string): void {
    this.tallies.declined++;
    if (fault !== overloaded) question.repeated = true;
    if (question.last !== peer) return;
    this.#ask(question);
    const open = [...question.asked].some((each) => each.owes(question.id));
    if (!open) this.#fail(question, `every router has declined, the last with ${fault}`);
  }

  #fail(question: Question, why: string): void {
    this.#end(question);
    this.tallies.failed++;
    question.reject(new Fault(routerUnavailable, why));
  }

  #end(question: Question): void {
    this.#open.delete(question.id);
    this.#waiting.delete(question);
    for (const peer of question.asked) peer.forget(question.id);
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#open.has(this.#lastId));
    return this.#lastId;
  }
}

type Declined = router.Verdict & {
  readonly decision: { readonly $case: 'reject'; readonly value: router.Reject };
};

function isDeclined(verdict: router.Verdict): verdict is Declined {
  const { decision } = verdict;
  return decision?.$case === 'reject' && declining.includes(decision.value.fault);
}

function account({ asked }: Question): string {
  if (asked.size === 0) return 'no router could be asked';
  return `asked: ${Array.from(asked, ({ id }) => id).join(', ')}`;
}
