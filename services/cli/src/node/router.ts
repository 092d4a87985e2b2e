import { type Bus, derive, type Membership, type SharedSettings } from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import {
  DeadFlows,
  DecisionTracing,
  limitsUnchecked,
  type OwnRouterSettings,
  publishRegistrations,
  Router,
  registeredUsers,
  startRouterServer,
  storeTime,
  TrunkNodes,
  unmatchedPublisher,
  VerdictCounts,
} from '@tandem/router';
import { publishRejection } from '../cluster/events.ts';
import type { Configuration } from './configuration.ts';
import { announce, type TierPresence } from './presence.ts';
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

/** Starts the router of this node with the upkeep of registrations. */
export async function startRouter(node: NodeStart, backings: RouterBackings): Promise<Router> {
  const { lifecycle, log, metrics, settings } = node;
  const { bus, membership, stores, configuration, secret } = backings;
  const { location } = stores;
  await lifecycle.start('expiry', {
    open: () => setInterval(() => void expire(), expiryInterval),
    close: clearInterval,
  });
  const expire = (): Promise<void> =>
    location
      .expire(Date.now())
      .catch((err: unknown) => log.debug({ err }, 'expired registrations wait for the store'));
  // A store that is away has its own metrics.
  metrics.observe(registeredUsers, (report) => location.count().then(report, () => undefined));
  publishRegistrations(location, { bus, region: settings.region, node: settings.nodeId });
  const trunks = await lifecycle.start('trunks that are known', {
    open: () => new TrunkNodes({ bus, region: settings.region, log, now: Date.now }),
    close: (part) => part.close(),
  });
  const router = new Router({
    location,
    limits: stores.limits,
    nonceCounts: stores.nonceCounts,
    snapshot: configuration.snapshot,
    secret: derive(secret, 'nonce'),
    lineSecret: derive(secret, 'line'),
    log: log.child({ part: 'router' }),
    storeTime: metrics.histogram(storeTime),
    unchecked: countOf(node),
    verdicts: new VerdictCounts(metrics),
    tracing: node.tracing && new DecisionTracing(node.tracing),
    trunks,
    unmatched: unmatchedPublisher({
      bus,
      region: settings.region,
      node: settings.nodeId,
      log,
      now: Date.now,
    }),
    now: Date.now,
  });
  await lifecycle.start('dead flows', {
    open: () => new DeadFlows({ membership, location, log, now: Date.now }),
    close: (part) => part.close(),
  });
  const origin = { bus, region: settings.region, node: settings.nodeId, now: Date.now };
  configuration.onRejected((problem) => publishRejection(problem, origin));
  return router;
}

/** Lets edges in other processes ask the router, and announces it to them. */
export async function serveRouter(
  node: NodeStart<SharedSettings & OwnRouterSettings>,
  router: Router,
  backings: RouterBackings,
): Promise<void> {
  const { lifecycle, log, metrics, settings } = node;
  const secret = derive(backings.secret, 'router');
  const server = await lifecycle.start('router', {
    open: () => startRouterServer({ router, settings, secret, log, metrics }),
    close: (part) => part.stop(),
  });
  await announceRouter(node, backings, {
    addresses: { grpc: server.advertised },
    load: () => server.inFlight,
    drain: () => server.drain(),
  });
}

/** Announces a router, with the version of the configuration that it decides by. */
export async function announceRouter(
  node: NodeStart,
  backings: RouterBackings,
  own: Pick<TierPresence, 'addresses' | 'load' | 'drain'>,
): Promise<void> {
  const configuration = (): string => backings.configuration.snapshot().version;
  await announce(node, backings, { tier: 'router', startedMs: Date.now(), configuration, ...own });
}

function countOf({ metrics }: NodeStart): () => void {
  let unchecked = 0;
  metrics.observe(limitsUnchecked, (report) => report(unchecked));
  return () => void unchecked++;
}
