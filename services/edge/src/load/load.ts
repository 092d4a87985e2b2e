import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Log } from '@tandem/platform';
import type { SipRequest, Tallies, Welcome } from '@tandem/sip';
import type { Members } from '../uses/workers.ts';
import { lotOf, rankOf } from './rank.ts';
import { Share } from './share.ts';
import {
  admittedOf,
  type Bottleneck,
  bottleneckOf,
  nextShedding,
  type Pressure,
  type Shedding,
  unshed,
} from './shedding.ts';
import { Told } from './told.ts';

const sampleEvery = 250;
/** How late a timer may be, in milliseconds: then nothing is done in time any more. */
const fullLag = 300;
/**
 * What a thread counts as that always works and is not behind. On a machine that others use as well it may have to work
 * all the time for very little.
 */
const abreast = 0.85;
/** Milliseconds after the last refusal until all calls count as taken again. */
const relief = 5_000;
/** The most that one look counts for, in milliseconds: who was stopped for a while has not been busy. */
const longestSample = 2 * sampleEvery;
/** Milliseconds that a verdict may take, see `Questions`; and how many may be waited for. */
const fullVerdict = 2_000;
const fullQuestions = 10_000;
/** What counts of a verdict time that is known against a new one. */
const inertia = 0.9;
/** Seconds until somebody who was refused may try again: where another edge has room, and where none has. */
const soon = { from: 1, to: 3 };
const later = { from: 4, to: 12 };
const laterRegistration = { from: 10, to: 40 };
/** Below it another edge has room. */
const roomy = 0.8;

export interface LoadParts {
  readonly node: string;
  /** Whether it may refuse anything but for want of transactions. */
  readonly sheds: boolean;
  readonly capacity: number;
  readonly tallies: () => Tallies;
  readonly membership: Members | undefined;
  /** Whether messages wait that have arrived. */
  readonly isBehind: () => boolean;
  readonly log: Log;
  /** In milliseconds, never going back. */
  readonly now: () => number;
  /** How long the event loop worked and was idle since it was asked before. */
  readonly utilization: (since?: EventLoopUtilization) => EventLoopUtilization;
}

/** How busy this edge is, and what it refuses so that it does the rest in time. */
export class Load {
  /** Requests that were refused, by what was short. */
  readonly shed: Record<Bottleneck, number> = { processor: 0, lag: 0, transactions: 0, router: 0 };
  readonly #parts: LoadParts;
  #shedding: Shedding = unshed;
  #pressure: Pressure = { processor: 0, lag: 0, transactions: 0, router: 0 };
  #verdictMs = 0;
  #questions = 0;
  #sampledAt: number;
  #utilization: EventLoopUtilization;
  #timer: NodeJS.Timeout | undefined;
  readonly #share = new Share();
  /** A call that was begun by a copy on the way would ring, and be answered, with nobody at its other end. */
  readonly #refused = new Told();
  /** Answered otherwise, while more came than could be done. */
  readonly #answered = new Told();
  #refusedAt = Number.NEGATIVE_INFINITY;
  #isShedding = false;
  /** As many as were there when refusals were told of last. */
  #edges = 1;

  constructor(parts: LoadParts) {
    this.#parts = parts;
    this.#sampledAt = parts.now();
    this.#utilization = parts.utilization();
  }

  start(): void {
    this.#sampledAt = this.#parts.now();
    this.#utilization = this.#parts.utilization();
    this.#timer = setInterval(() => this.sample(), sampleEvery);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How much of what it can do it does, 0 to 1. */
  get occupancy(): number {
    return Math.min(1, this.#pressure[bottleneckOf(this.#pressure)]);
  }

  /** The share of calls that is let in. */
  get admitted(): number {
    return this.#share.of(this.#parts.now());
  }

  /**
   * Whether a request may begin something, unless it is one that has come before. `isLate`: it has waited for longer
   * than anything should.
   */
  welcome(request: SipRequest, goesFirst: () => boolean, isLate: boolean): Welcome {
    const rank = rankOf(request);
    if (rank === 'first' || (rank === 'call' && goesFirst())) return 'first';
    const now = this.#parts.now();
    if (this.#refused.has(request, now)) return 'no';
    const share = admittedOf(rank, this.#shedding);
    const isTaken = !isLate && (share === 1 || lotOf(request.callId, now) < share);
    if (rank === 'call') this.#share.count(isTaken, now);
    return isTaken ? 'yes' : 'no';
  }

  /** Counts a request that was refused; returns the seconds until it may be sent again. */
  refused(request: SipRequest, isLate: boolean): number {
    this.shed[this.#reason(isLate)]++;
    const now = this.#parts.now();
    this.#refusedAt = now;
    this.#refused.add(request, now);
    const isRegistration = request.method === 'REGISTER';
    const { from, to } = this.#othersHaveRoom() ? soon : isRegistration ? laterRegistration : later;
    return from + Math.floor(lotOf(`${request.callId} again`, now) * (to - from + 1));
  }

  /** A request was answered without a transaction. */
  answered(request: SipRequest): void {
    const now = this.#parts.now();
    if (this.#parts.isBehind() || now - this.#refusedAt < relief) this.#answered.add(request, now);
  }

  /** Whether a request that is refused was answered before: then it is a copy, whose sender would take that for another answer. */
  hasAnswered(request: SipRequest): boolean {
    return this.#answered.has(request, this.#parts.now());
  }

  /** A router is asked; returns when, for `decided`. */
  asked(): number {
    this.#questions++;
    return this.#parts.now();
  }

  /** A verdict has come, or comes no more. */
  decided(askedAt: number): void {
    this.#questions--;
    this.#verdictMs = inertia * this.#verdictMs + (1 - inertia) * (this.#parts.now() - askedAt);
  }

  /** Looks at how busy it is, and decides how much to let in. */
  sample(): void {
    const { now, sheds, utilization } = this.#parts;
    const elapsed = Math.max(1, now() - this.#sampledAt);
    this.#sampledAt += elapsed;
    const current = utilization();
    this.#pressure = {
      processor: this.#processor(share(this.#utilization, current)),
      lag: Math.max(0, elapsed - sampleEvery) / fullLag,
      transactions: this.#transactions() / this.#parts.capacity,
      router: Math.max(this.#verdictMs / fullVerdict, this.#questions / fullQuestions),
    };
    this.#utilization = current;
    if (sheds) this.#shedding = nextShedding(this.#shedding, this.#strain, Math.min(elapsed, longestSample));
    this.#tell();
  }

  /** What a share of calls is refused for. Want of time is none of that: who waits too long is refused, see `Inbox`. */
  get #strain(): number {
    return Math.min(1, Math.max(this.#pressure.lag, this.#pressure.transactions, this.#pressure.router));
  }

  #reason(isLate: boolean): Bottleneck {
    if (isLate) return 'processor';
    return this.#shedding.admitted < 1 ? bottleneckOf({ ...this.#pressure, processor: 0 }) : 'transactions';
  }

  #processor(utilization: number): number {
    return this.#parts.isBehind() ? utilization : Math.min(utilization, abreast);
  }

  #transactions(): number {
    let sum = 0;
    for (const { active, completed } of Object.values(this.#parts.tallies())) sum += active + completed;
    return sum;
  }

  #othersHaveRoom(): boolean {
    const { membership, node } = this.#parts;
    const others = (membership?.members('edge') ?? []).filter(({ id }) => id !== node);
    return others.some(({ state, occupancy = 0 }) => state === 'serving' && occupancy < roomy);
  }

  /** At the beginning, when edges have come meanwhile, and at the end. */
  #tell(): void {
    const { capacity, log, membership, now } = this.#parts;
    const isShedding = now() - this.#refusedAt < relief;
    if (!isShedding && !this.#isShedding) return;
    const edges = membership?.members('edge').length ?? 1;
    const hasBegun = isShedding && !this.#isShedding;
    const more = edges - this.#edges;
    this.#edges = edges;
    this.#isShedding = isShedding;
    const bottleneck = bottleneckOf(this.#pressure);
    const about = { tier: 'edge', edges, bottleneck, transactions: this.#transactions(), capacity };
    if (hasBegun) log.warn(about, 'the edge is saturated and refuses some calls: more edges are needed');
    else if (!isShedding) log.warn({ ...about, shed: this.shed }, 'the edge takes all calls again');
    else if (more > 0) log.warn({ ...about, more }, 'capacity, scaling in progress: more edges have come');
  }
}

/** Of the time since then, as `performance.eventLoopUtilization` tells it. */
function share(before: EventLoopUtilization, now: EventLoopUtilization): number {
  const active = now.active - before.active;
  const idle = now.idle - before.idle;
  return active + idle > 0 ? active / (active + idle) : 0;
}
