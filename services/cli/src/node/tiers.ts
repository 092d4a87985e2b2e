import { type OwnEdgeSettings, type RouterLinkSettings, RouterPool } from '@tandem/edge';
import type { OwnMediaSettings } from '@tandem/media';
import {
  type Bus,
  derive,
  type Etcd,
  type Membership,
  type SharedSettings,
  type TraceStore,
} from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import type { OwnRouterSettings } from '@tandem/router';
import { Fault } from '@tandem/sip';
import { openDataFolder } from '../data-folder.ts';
import { backingNeeded } from '../faults.ts';
import { openBus } from './bus.ts';
import { openConfiguration } from './configuration.ts';
import { keepDeletionCost } from './deletion-cost.ts';
import { startSip } from './edge.ts';
import { openEtcd } from './etcd.ts';
import { startWorker } from './media.ts';
import { openMembership } from './membership.ts';
import { serveRouter, startRouter } from './router.ts';
import { serveCluster, serveRouters, serveRouting } from './serving.ts';
import type { NodeStart } from './start.ts';
import { openStores } from './stores.ts';
import { openTraces } from './traces.ts';
import { startTrunkKeeping } from './trunk.ts';

/** What every tier meets the others by. */
interface Meeting {
  readonly bus: Bus;
  readonly etcd: Etcd | undefined;
  readonly membership: Membership;
  readonly traces: TraceStore;
}

/** Runs an edge by itself. */
export async function startEdgeNode(
  node: NodeStart<SharedSettings & OwnEdgeSettings & RouterLinkSettings>,
): Promise<void> {
  const secret = requireAll(node.settings);
  const { bus, membership, traces } = await meet(node);
  const stores = await openStores(node);
  const router = await openRouterPool(node, membership, secret);
  const edge = await startSip(node, { bus, membership, stores, router, secret });
  await keepDeletionCost(node, () => edge.status.calls);
  serveCluster(node, { bus, membership, stores, traces });
  serveRouters(node, 'edge', membership);
  node.lifecycle.running();
}

/** Runs a router by itself. */
export async function startRouterNode(node: NodeStart<SharedSettings & OwnRouterSettings>): Promise<void> {
  const { settings } = node;
  const secret = requireAll(settings);
  await openDataFolder(settings.data);
  const { bus, etcd, membership, traces } = await meet(node);
  const stores = await openStores(node);
  const configuration = await openConfiguration(node, { etcd, folder: undefined }, secret);
  const backings = { bus, membership, stores, configuration, secret };
  await serveRouter(node, await startRouter(node, backings), backings);
  serveCluster(node, { bus, membership, stores, traces });
  serveRouting(node, { stores, snapshot: configuration.snapshot, ownHosts: () => [] });
  node.lifecycle.running();
}

/** Runs a trunk node by itself. */
export async function startTrunkNode(node: NodeStart): Promise<void> {
  const secret = requireAll(node.settings);
  await openDataFolder(node.settings.data);
  const { bus, etcd, membership, traces } = await meet(node);
  const stores = await openStores(node);
  const configuration = await openConfiguration(node, { etcd, folder: undefined }, secret);
  await startTrunkKeeping(node, { bus, etcd, membership, stores, configuration, secret });
  serveCluster(node, { bus, membership, stores, traces });
  serveRouters(node, 'trunk', membership);
  node.lifecycle.running();
}

/** Runs a media worker by itself. */
export async function startMediaNode(node: NodeStart<SharedSettings & OwnMediaSettings>): Promise<void> {
  require(node.settings, ['natsUrl', 'etcdUrl']);
  const { bus, membership, traces } = await meet(node);
  const worker = await startWorker(node, { bus, membership });
  await keepDeletionCost(node, () => worker.load);
  serveCluster(node, { bus, membership, stores: undefined, traces });
  serveRouters(node, 'media', membership);
  node.lifecycle.running();
}

async function meet(node: NodeStart): Promise<Meeting> {
  const bus = await openBus(node);
  const etcd = await openEtcd(node);
  const traces = await openTraces(node, bus);
  return { bus, etcd, membership: await openMembership(node, bus, etcd), traces };
}

async function openRouterPool(
  { lifecycle, log, metrics, settings }: NodeStart<SharedSettings & RouterLinkSettings>,
  membership: Membership,
  secret: Secret,
): Promise<RouterPool> {
  const routers = settings.router ?? membership;
  const options = { node: settings.nodeId, secret: derive(secret, 'router'), routers, log, metrics };
  return lifecycle.start('routers', { open: () => new RouterPool(options), close: (part) => part.close() });
}

type Needed = 'natsUrl' | 'etcdUrl' | 'redisUrl' | 'clusterSecret';

/** The secret of the cluster, when everything is there that edges and routers share. */
function requireAll(settings: SharedSettings): Secret {
  require(settings, ['natsUrl', 'etcdUrl', 'redisUrl', 'clusterSecret']);
  return settings.clusterSecret!;
}

function require(settings: SharedSettings, needed: readonly Needed[]): void {
  const missing = needed.filter((name) => settings[name] === undefined);
  const names = missing.map(
    (name) => `TANDEM_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
  );
  if (missing.length > 0) throw new Fault(backingNeeded, names.join(', '));
}
