import { setTimeout as delay } from 'node:timers/promises';
import type { Tier } from './cluster/membership.ts';
import type { Readiness } from './http/readiness.ts';
import type { Log } from './log.ts';
import { drainLeft } from './metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** A tier of this process, as far as it can hand over what it has. */
export interface Drainable {
  readonly tier: Tier;
  /** What it has now. */
  load(): number;
  /** Begins to hand over; resolves when nothing is left. Called once. */
  drain(): Promise<void>;
  /** Whether another node of the tier could take something. */
  hasHeirs(): boolean;
  /** What was handed over so far, for the log. */
  given?(): Readonly<Record<string, number>>;
}

/** What drains stand on. */
export interface DrainsParts {
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds that all tiers may take together before the process stops. */
  readonly withinMs: number;
}

/** Hands over what a process has, tier by tier when an operator asks, and all of it before the process stops. */
export class Drains {
  readonly #parts: DrainsParts;
  readonly #drains: TierDrain[] = [];

  constructor(parts: DrainsParts) {
    this.#parts = parts;
    parts.metrics.observe(drainLeft, (report) => {
      for (const drain of this.#drains) report(drain.hasBegun ? drain.load : 0, { tier: drain.tier });
    });
  }

  /** Adds a tier that has started. */
  add(own: Drainable): TierDrain {
    const { log, readiness } = this.#parts;
    const begun = (): void => {
      readiness.draining = true;
    };
    const drain = new TierDrain(own, { log, begun });
    this.#drains.push(drain);
    return drain;
  }

  /** Resolves when nothing is left, when the time has passed, or when `cut` says so. */
  async all(cut: AbortSignal): Promise<void> {
    const { withinMs } = this.#parts;
    if (withinMs === 0 || cut.aborted) return;
    const over = new AbortController();
    const ends = Promise.all(this.#drains.map((drain) => drain.begin()));
    const until = AbortSignal.any([cut, over.signal]);
    await Promise.race([ends, delay(withinMs, undefined, { signal: until }).catch(() => undefined)]);
    over.abort();
    for (const drain of this.#drains) drain.conclude();
  }
}

/** The drain of one tier. */
export class TierDrain {
  readonly #own: Drainable;
  readonly #log: Log;
  readonly #begun: () => void;
  #ending: Promise<void> | undefined;
  #had = 0;
  #since = 0;
  #isOver = false;

  constructor(own: Drainable, { log, begun }: { readonly log: Log; readonly begun: () => void }) {
    this.#own = own;
    this.#log = log;
    this.#begun = begun;
  }

  get tier(): Tier {
    return this.#own.tier;
  }

  get hasBegun(): boolean {
    return this.#ending !== undefined;
  }

  /** What it has; at least 1 as long as it is not done with draining. */
  get load(): number {
    const load = this.#own.load();
    return this.hasBegun && !this.#isOver ? Math.max(1, load) : load;
  }

  /** Begins, unless it has; resolves when nothing is left. */
  begin(): Promise<void> {
    this.#ending ??= this.#drain();
    return this.#ending;
  }

  /** Says what is left when it ends before that. */
  conclude(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#log.warn({ ...this.#told, left: this.#own.load() }, 'drained for as long as it may');
  }

  async #drain(): Promise<void> {
    const { tier } = this.#own;
    this.#had = this.#own.load();
    this.#since = performance.now();
    this.#begun();
    this.#log.info({ tier, had: this.#had }, 'draining');
    if (!this.#own.hasHeirs())
      this.#log.warn(
        { tier, had: this.#had },
        'nobody else of this tier is there: what it has may end by itself',
      );
    try {
      await this.#own.drain();
    } catch (err) {
      this.#log.error({ err, tier }, 'a tier could not be drained');
    }
    if (this.#isOver) return;
    this.#isOver = true;
    this.#log.info({ ...this.#told, left: this.#own.load() }, 'drained');
  }

  get #told(): object {
    const seconds = Math.round((performance.now() - this.#since) / 100) / 10;
    return { tier: this.#own.tier, had: this.#had, ...this.#own.given?.(), seconds };
  }
}
