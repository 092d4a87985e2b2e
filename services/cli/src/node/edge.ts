import { type Edge, type EdgeSettings, type RouterLink, startEdge } from '@tandem/edge';
import { type Bus, derive, type Membership, type SharedSettings } from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import { findSipAddresses } from './addresses.ts';
import { announce } from './presence.ts';
import { startProbes } from './probes.ts';
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
  const { lifecycle, log, metrics, tracing } = node;
  const { sipAdvertise, sipShared } = await findSipAddresses(node);
  const naming = { sipAdvertise: sipAdvertise.text, sipShared: sipShared.text };
  const settings = { ...node.settings, ...naming };
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
  const presence = await announce(node, backings, {
    tier: 'edge',
    startedMs: edge.startedMs,
    addresses: edge.addresses,
    load: () => edge.load,
    occupancy: () => edge.status.load.occupancy,
    drain: () => edge.drain(),
    given: () => edge.given,
  });
  const advertise = (changed: Partial<typeof naming>): void => {
    edge.advertise(Object.assign(naming, changed));
    presence.update({ addresses: edge.addresses });
  };
  await startProbes(node, bus, { tier: 'edge', addresses: () => edge.advertised, probes: edge.probes });
  sipAdvertise.follow((text) => advertise({ sipAdvertise: text }));
  sipShared.follow((text) => advertise({ sipShared: text }));
  return edge;
}
