interface Described {
  /** One sentence. */
  readonly description: string;
  /** `s`, `By`, `{call}`: a unit of UCUM. */
  readonly unit: string;
}

/** Something that is counted and never goes back. */
export interface CounterKind extends Described {
  readonly type: 'counter';
  readonly name: `tandem_${string}_total`;
}

/** Something that goes up and down. */
export interface GaugeKind extends Described {
  readonly type: 'gauge';
  readonly name: `tandem_${string}`;
}

/** How something is distributed over fixed buckets. */
export interface HistogramKind extends Described {
  readonly type: 'histogram';
  readonly name: `tandem_${string}`;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

/**
 * One metric, under the name that a scrape shows. Each package and service lists its metrics in `src/metrics.ts`,
 * one exported constant per metric, like faults.
 */
export type MetricKind = CounterKind | GaugeKind | HistogramKind;
