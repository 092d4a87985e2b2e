import { busConnected, busMessages, busQueue } from '../metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** What became of messages so far, by event. */
export class BusCounters {
  published = 0;
  duplicate = 0;
  delivered = 0;
  dropped = 0;
  failed = 0;
  queued = 0;
  repeated = 0;
  discarded = 0;
}

export interface BusState {
  readonly counters: BusCounters;
  readonly connected: boolean;
  /** Messages with a key that no server has taken yet. */
  readonly queueLength: number;
}

/** Reports a bus at each scrape. */
export function observeBus(metrics: Metrics, bus: BusState): void {
  metrics.observe(busMessages, (report) => {
    for (const [event, count] of Object.entries(bus.counters)) report(count, { event });
  });
  metrics.observe(busConnected, (report) => report(bus.connected ? 1 : 0));
  metrics.observe(busQueue, (report) => report(bus.queueLength));
}
