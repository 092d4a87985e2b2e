import type { router } from '@tandem/contract';
import type { Labels, Metrics } from '@tandem/platform';
import { verdicts } from './metrics.ts';

/** Counts what became of requests. Plain numbers, read at a scrape: there are as many as there are faults. */
export class VerdictCounts {
  readonly #counts = new Map<string, { readonly labels: Labels; count: number }>();

  constructor(metrics: Metrics) {
    metrics.observe(verdicts, (report) => {
      for (const { labels, count } of this.#counts.values()) report(count, labels);
    });
  }

  note({ decision }: router.Verdict): void {
    if (!decision) return;
    const { $case: verdict, value } = decision;
    const fault = 'fault' in value ? value.fault : '';
    const key = `${verdict} ${fault}`;
    const known = this.#counts.get(key);
    if (known) known.count++;
    else this.#counts.set(key, { labels: { verdict, ...(fault && { fault }) }, count: 1 });
  }
}
