import { join } from 'node:path';
import { type Edge, startEdge } from '@tandem/edge';
import { type Location, openMemoryLocation } from '@tandem/location';
import { type RunningMedia, startMedia } from '@tandem/media';
import {
  type Bus,
  type CallStore,
  type ConfigurationSource,
  derive,
  FilesSource,
  type Lifecycle,
  type Log,
  loadOrCreateSecret,
  MemoryBus,
  MemoryCallLimits,
  MemoryCallStore,
  MemoryNonceCounts,
  type Metrics,
} from '@tandem/platform';
import { diagnostics, load, type Secret, type Snapshot } from '@tandem/resource';
import { publishRegistrations, Router, registeredUsers, storeTime, VerdictCounts } from '@tandem/router';
import type { UpSettings } from './settings.ts';

/** All tiers in one process, on embedded backings (design §5). */
export interface System {
  readonly bus: Bus;
  readonly calls: CallStore;
  readonly location: Location;
  readonly edge: Edge;
  readonly media: RunningMedia;
  readonly snapshot: () => Snapshot;
}

/** What the parts of a system are started with. */
interface Start {
  readonly settings: UpSettings;
  /** The folder of the configuration. */
  readonly folder: string;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Milliseconds between two looks for expired registrations. */
const expiryInterval = 1_000;

/** Starts all tiers, each as a part of the lifecycle. Rejects with a Fault that names what cannot be started. */
export async function startSystem(start: Start): Promise<System> {
  const { lifecycle, log, metrics, settings } = start;
  const secret = settings.clusterSecret ?? (await loadOrCreateSecret(settings.data));
  const snapshot = await openConfiguration(start, secret);
  const bus = await lifecycle.start('bus', {
    open: () => new MemoryBus({ log, now: Date.now }),
    close: (part) => part.close(),
  });
  bus.observe(metrics);
  const location = await openLocation(start, bus);
  const calls = new MemoryCallStore();
  const limits = new MemoryCallLimits();
  const router = new Router({
    snapshot,
    location,
    nonceCounts: new MemoryNonceCounts(),
    limits,
    secret: derive(secret, 'nonce'),
    log: log.child({ part: 'router' }),
    storeTime: metrics.histogram(storeTime),
    verdicts: new VerdictCounts(metrics),
    now: Date.now,
  });
  const media = await lifecycle.start('media', {
    open: () => startMedia(settings, { bus, metrics, log: log.child({ part: 'media' }) }),
    close: (part) => part.stop(),
  });
  const backings = {
    bus,
    calls,
    router,
    tokenSecret: derive(secret, 'token'),
    log: log.child({ part: 'edge' }),
    metrics,
  };
  const edge = await lifecycle.start('edge', {
    open: () => startEdge(settings, backings),
    close: (part) => part.stop(),
  });
  return { bus, calls, location, edge, media, snapshot };
}

/** Returns what reads the configuration in force. */
async function openConfiguration({ folder, lifecycle, log }: Start, secret: Secret): Promise<() => Snapshot> {
  const builtIn = diagnostics(derive(secret, 'doctor')).resources;
  const cache = new Map();
  const source: ConfigurationSource<Snapshot> = new FilesSource({
    folder,
    load: (path) => load(path, { builtIn, cache }),
    version: ({ version }) => version,
  });
  let current = await lifecycle.start('configuration', {
    open: () => source.start(),
    close: () => source.close(),
  });
  source.onChange((next) => {
    current = next;
    log.info({ version: next.version }, 'configuration changed');
  });
  source.onFault((fault) =>
    log.error({ err: fault }, 'configuration rejected, the previous one stays in force'),
  );
  return () => current;
}

/** The registrations, kept over a restart, with expiry and events. */
async function openLocation({ lifecycle, log, metrics, settings }: Start, bus: Bus): Promise<Location> {
  const path = join(settings.data, 'registrations');
  const onFault = (fault: Error): void => log.error({ err: fault }, 'registrations were not written');
  const { location, report } = await lifecycle.start('registrations', {
    open: () => openMemoryLocation({ path, onFault }, Date.now()),
    close: ({ location }) => location.close(),
  });
  const level = report.damaged + report.problems.length > 0 ? 'warn' : report.restored > 0 ? 'info' : 'debug';
  log[level]({ ...report }, 'registrations restored');
  await lifecycle.start('expiry', {
    open: () => setInterval(() => void location.expire(Date.now()), expiryInterval),
    close: clearInterval,
  });
  metrics.observe(registeredUsers, (report) => report(location.size));
  publishRegistrations(location, { bus, region: settings.region, node: settings.nodeId });
  return location;
}
