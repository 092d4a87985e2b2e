import type { Edge } from '@tandem/edge';
import { loadOrCreateSecret } from '@tandem/platform';
import type { Snapshot } from '@tandem/resource';
import { openBus } from './node/bus.ts';
import { openConfiguration } from './node/configuration.ts';
import { startSip } from './node/edge.ts';
import { openEtcd } from './node/etcd.ts';
import { startWorker } from './node/media.ts';
import { openMembership } from './node/membership.ts';
import { announceRouter, startRouter } from './node/router.ts';
import { serveCluster, serveRouting } from './node/serving.ts';
import type { NodeStart } from './node/start.ts';
import { openStores } from './node/stores.ts';
import { openTraces } from './node/traces.ts';
import { startTrunkKeeping } from './node/trunk.ts';
import type { UpSettings } from './settings.ts';

/** All tiers in one process (design §5). */
export interface System {
  readonly edge: Edge;
  readonly snapshot: () => Snapshot;
}

/** Starts all tiers, each as a part of the lifecycle. Rejects with a Fault that names what cannot be started. */
export async function startSystem(node: NodeStart<UpSettings>, folder: string): Promise<System> {
  const { settings } = node;
  const secret = settings.clusterSecret ?? (await loadOrCreateSecret(settings.data));
  const etcd = await openEtcd(node);
  const configuration = await openConfiguration(node, { etcd, folder }, secret);
  const bus = await openBus(node);
  const traces = await openTraces(node, bus);
  const stores = await openStores(node);
  const membership = await openMembership(node, bus, etcd);
  const deciding = { bus, membership, stores, configuration, secret };
  const router = await startRouter(node, deciding);
  await announceRouter(node, deciding, { addresses: {}, load: () => 0, drain: () => Promise.resolve() });
  await startWorker(node, { bus, membership });
  const edge = await startSip(node, { bus, membership, stores, router, secret });
  await startTrunkKeeping(node, { bus, etcd, membership, stores, configuration, secret });
  const { snapshot } = configuration;
  serveCluster(node, { bus, membership, stores, traces });
  serveRouting(node, { stores, snapshot, ownHosts: () => edge.ownHosts });
  return { edge, snapshot };
}
