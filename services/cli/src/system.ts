import type { Edge } from '@tandem/edge';
import type { RunningMedia } from '@tandem/media';
import { type Bus, loadOrCreateSecret, type TraceStore } from '@tandem/platform';
import type { Snapshot } from '@tandem/resource';
import { openBus } from './node/bus.ts';
import { openConfiguration } from './node/configuration.ts';
import { startSip } from './node/edge.ts';
import { startWorker } from './node/media.ts';
import { startRouter } from './node/router.ts';
import type { NodeStart } from './node/start.ts';
import { openStores, type Stores } from './node/stores.ts';
import { openTraces } from './node/traces.ts';
import type { UpSettings } from './settings.ts';

/** All tiers in one process (design §5). */
export interface System extends Stores {
  readonly bus: Bus;
  readonly traces: TraceStore;
  readonly edge: Edge;
  readonly media: RunningMedia;
  readonly snapshot: () => Snapshot;
}

/** Starts all tiers, each as a part of the lifecycle. Rejects with a Fault that names what cannot be started. */
export async function startSystem(node: NodeStart<UpSettings>, folder: string): Promise<System> {
  const { settings } = node;
  const secret = settings.clusterSecret ?? (await loadOrCreateSecret(settings.data));
  const configuration = await openConfiguration(node, folder, secret);
  const bus = await openBus(node);
  const traces = await openTraces(node, bus);
  const stores = await openStores(node);
  const router = await startRouter(node, { bus, stores, configuration, secret });
  const media = await startWorker(node, bus);
  const edge = await startSip(node, { bus, calls: stores.calls, router, secret });
  return { ...stores, bus, traces, edge, media, snapshot: configuration.snapshot };
}
