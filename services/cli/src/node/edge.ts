import { type Edge, type EdgeSettings, type RouterLink, startEdge } from '@tandem/edge';
import { type Bus, derive, type Membership, type SharedSettings } from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import { announce } from './presence.ts';
import type { NodeStart } from './start.ts';
import type { Stores } from './stores.ts';

/** What an edge stands on. */
export interface SipBackings {
  readonly bus: Bus;
  readonly membership: Membership;
  readonly stores: Stores;
  readonly router: RouterLink;
  readonly secret: Secret;
}

/** Starts the edge of this node, and announces it. */
export async function startSip(
  node: NodeStart<SharedSettings & EdgeSettings>,
  backings: SipBackings,
): Promise<Edge> {
  const { lifecycle, log, metrics, settings, tracing } = node;
  const { bus, membership, router, secret, stores } = backings;
  const edge = await lifecycle.start('edge', {
    open: () =>
      startEdge(settings, {
        bus,
        calls: stores.calls,
        limits: stores.limits,
        location: stores.location,
        router,
        membership,
        tokenSecret: derive(secret, 'token'),
        metrics,
        tracing,
        log: log.child({ part: 'edge' }),
      }),
    close: (part) => part.stop(),
  });
  await announce(node, backings, {
    tier: 'edge',
    startedMs: edge.startedMs,
    addresses: edge.addresses,
    load: () => edge.status.calls,
    occupancy: () => edge.status.load.occupancy,
    drain: () => edge.drain(),
  });
  return edge;
}
