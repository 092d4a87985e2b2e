import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Log } from '@tandem/platform';
import type { SipRequest, Tallies, Welcome } from '@tandem/sip';
import type { Members } from '../uses/workers.ts';
import { lotOf, rankOf } from './rank.ts';
import {
  admittedOf,
  type Bottleneck,
  bottleneckOf,
  nextShedding,
  type Pressure,
  type Shedding,
  unshed,
} from './shedding.ts';

const sampleEvery = 250;
/** How late a timer may be, in milliseconds: then nothing is done in time any more. */
const fullLag = 300;
/**
 * Octets of datagrams that wait, about a hundred: a thread that works all the time has more to do than it can only if
 * something waits for it. On a machine that others use as well it may have to work all the time for very little.
 */
const backlog = 128 * 1024;
/** What a thread counts as that always works and has no backlog. */
const abreast = 0.85;
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
  /** Octets that wait to be read, where that is known. */
  readonly waiting: () => number | undefined;
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
    return this.#shedding.admitted;
  }

  /** Whether a request may begin something, unless it is one that has come before. */
  welcome(request: SipRequest, goesFirst: () => boolean): Welcome {
    const rank = rankOf(request);
    if (rank === 'first' || (rank === 'call' && goesFirst())) return 'first';
    const share = admittedOf(rank, this.#shedding);
    return share === 1 || lotOf(request.callId, this.#parts.now()) < share ? 'yes' : 'no';
  }

  /** Counts a request that was refused; returns the seconds until it may be sent again. */
  refused(request: SipRequest): number {
    this.shed[this.#shedding.admitted < 1 ? bottleneckOf(this.#pressure) : 'transactions']++;
    const { now } = this.#parts;
    const isRegistration = request.method === 'REGISTER';
    const { from, to } = this.#othersHaveRoom() ? soon : isRegistration ? laterRegistration : later;
    return from + Math.floor(lotOf(`${request.callId} again`, now()) * (to - from + 1));
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
    if (!sheds) return;
    const before = this.#shedding;
    this.#shedding = nextShedding(before, this.occupancy, Math.min(elapsed, longestSample));
    this.#tell(before);
  }

  #processor(utilization: number): number {
    if (utilization <= abreast) return utilization;
    return (this.#parts.waiting() ?? backlog) < backlog ? abreast : utilization;
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

  /** At the beginning and at the end. */
  #tell(before: Shedding): void {
    const { capacity, log, membership } = this.#parts;
    const isShedding = this.#shedding.admitted < 1;
    if (isShedding === before.admitted < 1) return;
    const edges = membership?.members('edge').length ?? 1;
    const bottleneck = bottleneckOf(this.#pressure);
    const about = { tier: 'edge', edges, bottleneck, transactions: this.#transactions(), capacity };
    if (isShedding) log.warn(about, 'the edge is saturated and refuses some calls: more edges are needed');
    else log.warn({ ...about, shed: this.shed }, 'the edge takes all calls again');
  }
}

/** Of the time since then, as `performance.eventLoopUtilization` tells it. */
function share(before: EventLoopUtilization, now: EventLoopUtilization): number {
  const active = now.active - before.active;
  const idle = now.idle - before.idle;
  return active + idle > 0 ? active / (active + idle) : 0;
}
