import type { event } from '@tandem/contract';
import type { Labels, Metrics, Report } from '@tandem/platform';
import { type Outcome, outcomes } from '@tandem/sip';
import { objectName } from './diagnosis/words.ts';
import {
  callDuration,
  callFailures,
  callJitter,
  callLoss,
  callsActive,
  callsAnswered,
  callsEnded,
  callsStarted,
} from './metrics.ts';
import type { EventWatcher } from './uses/events.ts';

/** What is counted of one tenant. */
interface TenantCalls {
  readonly labels: Labels;
  started: number;
  answered: number;
  readonly ended: Map<Outcome, number>;
}

/** What is counted of one object in one layer. */
interface Failures {
  readonly labels: Labels;
  count: number;
}

type Kind = NonNullable<event.Event['kind']>;
type Histogram = ReturnType<Metrics['histogram']>;

/** Objects that are counted one by one, each in each layer. */
const maxFailures = 200;
/** Tenants that are counted one by one. */
const maxTenants = 200;
/** Stands for the rest of them: no tenant can have this name. */
const rest = '*';

/** Counts calls by what is told of them. */
export class CallMetrics implements EventWatcher {
  /** The one without a name is there from the start, so that every outcome begins at 0. */
  readonly #tenants = new Map<string, TenantCalls>([['', none({})]]);
  /** By layer and object. */
  readonly #failures = new Map<string, Failures>();
  readonly #duration: Histogram;
  readonly #loss: Histogram;
  readonly #jitter: Histogram;

  constructor(metrics: Metrics) {
    this.#duration = metrics.histogram(callDuration);
    this.#loss = metrics.histogram(callLoss);
    this.#jitter = metrics.histogram(callJitter);
    metrics.observe(callsStarted, (report) => this.#report(report, ({ started }) => started));
    metrics.observe(callsAnswered, (report) => this.#report(report, ({ answered }) => answered));
    metrics.observe(callFailures, (report) => {
      for (const { labels, count } of this.#failures.values()) report(count, labels);
    });
    metrics.observe(callsEnded, (report) => {
      for (const { labels, ended } of this.#tenants.values())
        for (const [outcome, count] of ended) report(count, { ...labels, outcome });
    });
  }

  /** Something has happened to a call of a tenant. */
  told(tenant: string, kind: Kind): void {
    if (kind.$case === 'callStarted') this.#of(tenant).started++;
    if (kind.$case === 'callAnswered') this.#of(tenant).answered++;
    if (kind.$case === 'callEnded') this.#ended(this.#of(tenant), kind.value);
    if (kind.$case === 'callRefused' || kind.$case === 'callDegraded') this.failed(kind.value.diagnosis);
  }

  /** Something has broken a call. */
  failed(diagnosis: event.Diagnosis | undefined): void {
    if (!diagnosis) return;
    const { layer, object } = diagnosis;
    const found = this.#failuresOf(
      layer,
      object?.kind === 'Trunk' ? objectName(object) : (object?.kind ?? ''),
    );
    found.count++;
  }

  /** Reports calls that go on, of which `tenants` tells the tenant of each. */
  observeActive(metrics: Metrics, tenants: () => Iterable<string>): void {
    metrics.observe(callsActive, (report) => {
      const active = new Map<TenantCalls, number>([...this.#tenants.values()].map((calls) => [calls, 0]));
      for (const tenant of tenants()) {
        const calls = this.#of(tenant);
        active.set(calls, (active.get(calls) ?? 0) + 1);
      }
      for (const [{ labels }, count] of active) report(count, labels);
    });
  }

  #ended(calls: TenantCalls, ended: event.CallEnded): void {
    const outcome = ended.outcome as Outcome;
    calls.ended.set(outcome, (calls.ended.get(outcome) ?? 0) + 1);
    // One that was up and degraded has been counted then.
    if (ended.diagnosis?.direction === '') this.failed(ended.diagnosis);
    if (ended.answeredMs === 0) return;
    this.#duration((ended.endedMs - ended.answeredMs) / 1000);
    const { packetsFromCaller, lostFromCaller, jitterFromCallerUs } = ended;
    this.#quality(packetsFromCaller, lostFromCaller, jitterFromCallerUs, fromCaller);
    const { packetsFromCallee, lostFromCallee, jitterFromCalleeUs } = ended;
    this.#quality(packetsFromCallee, lostFromCallee, jitterFromCalleeUs, fromCallee);
  }

  #failuresOf(layer: string, object: string): Failures {
    const key = `${layer} ${object}`;
    const known = this.#failures.get(key);
    if (known) return known;
    if (this.#failures.size >= maxFailures && object !== rest) return this.#failuresOf(layer, rest);
    const made = { labels: { layer, object }, count: 0 };
    this.#failures.set(key, made);
    return made;
  }

  /** Who has sent nothing has lost nothing. */
  #quality(packets: number, lost: number, jitterUs: number, labels: Labels): void {
    if (packets === 0) return;
    this.#loss(lost / (packets + lost), labels);
    this.#jitter(jitterUs / 1e6, labels);
  }

  #of(tenant: string): TenantCalls {
    const known = this.#tenants.get(tenant);
    if (known) return known;
    if (this.#tenants.size > maxTenants && tenant !== rest) return this.#of(rest);
    const made = none({ tenant });
    this.#tenants.set(tenant, made);
    return made;
  }

  #report(report: Report, read: (calls: TenantCalls) => number): void {
    for (const calls of this.#tenants.values()) report(read(calls), calls.labels);
  }
}

const fromCaller = { from: 'caller' } as const;
const fromCallee = { from: 'callee' } as const;

function none(labels: Labels): TenantCalls {
  const ended = new Map(outcomes.map((outcome) => [outcome, 0]));
  return { labels, started: 0, answered: 0, ended };
}
