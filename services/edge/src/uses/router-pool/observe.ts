import type { Metrics } from '@tandem/platform';
import { routerEndedConnections, routerRequests, routersConnected } from '../../metrics.ts';
import type { EndedTallies } from './ended-connections.ts';
import type { PeerState } from './peer.ts';
import type { QuestionTallies } from './questions.ts';

/** What a scrape reads. */
export interface PoolNumbers {
  readonly peers: () => readonly PeerState[];
  readonly pool: QuestionTallies;
  readonly ended: EndedTallies;
}

/** Reports what a pool counts, when a scrape asks. */
export function observePool(metrics: Metrics, { peers, pool, ended }: PoolNumbers): void {
  metrics.observe(routersConnected, (report) => {
    const states = peers();
    for (const state of ['serving', 'draining', 'silent'] as const) {
      report(states.filter((each) => each === state).length, { state });
    }
  });
  metrics.observe(routerRequests, (report) => {
    for (const [event, count] of Object.entries(pool)) report(count, { event });
  });
  metrics.observe(routerEndedConnections, (report) => {
    for (const [result, count] of Object.entries(ended)) report(count, { result });
  });
}
