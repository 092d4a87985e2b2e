import type { Metrics } from '@tandem/platform';
import { conditionTypes } from './conditions.ts';
import { trunkConditions, trunkContacts, trunksOwned } from './metrics.ts';
import type { TrunkState } from './state.ts';

/** Reports what is known of trunks, when a scrape asks. Names are in listings and events: there may be thousands. */
export function observeTrunks(metrics: Metrics, states: () => readonly TrunkState[]): void {
  metrics.observe(trunksOwned, (report) => report(states().length));
  metrics.observe(trunkConditions, (report) => {
    const all = states().flatMap(({ conditions }) => conditions);
    for (const condition of conditionTypes) {
      for (const status of ['true', 'false', 'unknown']) {
        const count = all.filter((each) => each.type === condition && each.status === status).length;
        report(count, { condition, status });
      }
    }
  });
  metrics.observe(trunkContacts, (report) => {
    const all = states().flatMap(({ contacts }) => contacts);
    for (const state of ['up', 'down', 'unknown'])
      report(all.filter((each) => each.state === state).length, { state });
  });
}
