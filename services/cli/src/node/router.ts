import { type Bus, derive, type Membership } from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import { limitsUnchecked, publishRegistrations, Router, storeTime, VerdictCounts } from '@tandem/router';
import { publishRejection } from '../cluster/events.ts';
import type { Configuration } from './configuration.ts';
import { announce } from './presence.ts';
import type { NodeStart } from './start.ts';
import type { Stores } from './stores.ts';

/** What a router stands on. */
export interface RouterBackings {
  readonly bus: Bus;
  readonly membership: Membership;
  readonly stores: Stores;
  readonly configuration: Configuration;
  readonly secret: Secret;
}

/** Milliseconds between two looks for expired registrations. */
const expiryInterval = 1_000;

/** Starts the router of this node with the upkeep of registrations, and announces it. */
export async function startRouter(node: NodeStart, backings: RouterBackings): Promise<Router> {
  const { lifecycle, log, metrics, settings } = node;
  const { bus, stores, configuration, secret } = backings;
  const { location } = stores;
  await lifecycle.start('expiry', {
    open: () => setInterval(() => void expire(), expiryInterval),
    close: clearInterval,
  });
  const expire = (): Promise<void> =>
    location
      .expire(Date.now())
      .catch((err: unknown) => log.debug({ err }, 'expired registrations wait for the store'));
  publishRegistrations(location, { bus, region: settings.region, node: settings.nodeId });
  const router = new Router({
    ...stores,
    snapshot: configuration.snapshot,
    secret: derive(secret, 'nonce'),
    log: log.child({ part: 'router' }),
    storeTime: metrics.histogram(storeTime),
    unchecked: countOf(node),
    verdicts: new VerdictCounts(metrics),
    now: Date.now,
  });
  const origin = { bus, region: settings.region, node: settings.nodeId, now: Date.now };
  configuration.onRejected((problem) => publishRejection(problem, origin));
  await announce(node, backings, {
    tier: 'router',
    startedMs: Date.now(),
    addresses: {},
    load: () => 0,
    configuration: () => configuration.snapshot().version,
    drain: () => undefined,
  });
  return router;
}

function countOf({ metrics }: NodeStart): () => void {
  let unchecked = 0;
  metrics.observe(limitsUnchecked, (report) => report(unchecked));
  return () => void unchecked++;
}
