import { join } from 'node:path';
import { type Location, openMemoryLocation, RedisLocation } from '@tandem/location';
import {
  type CallLimits,
  type CallStore,
  MemoryCallLimits,
  MemoryCallStore,
  MemoryNonceCounts,
  MemoryTrunkStore,
  type NonceCounts,
  Redis,
  RedisCallLimits,
  RedisCallStore,
  RedisNonceCounts,
  RedisTrunkStore,
  type TrunkStore,
} from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** What all nodes share of registrations and calls. */
export interface Stores {
  readonly location: Location;
  readonly calls: CallStore;
  readonly limits: CallLimits;
  readonly nonceCounts: NonceCounts;
  readonly trunks: TrunkStore;
}

/** Opens the stores: in Redis when there is one, else in this process. */
export async function openStores(node: NodeStart): Promise<Stores> {
  const { lifecycle, log, metrics, settings } = node;
  const { redisUrl: servers } = settings;
  if (!servers) return openEmbedded(node);
  const redis = await lifecycle.start('redis', {
    open: () => Redis.open({ servers, log }),
    close: (part) => part.close(),
  });
  redis.observe(metrics);
  return {
    location: new RedisLocation(redis),
    calls: new RedisCallStore(redis),
    limits: new RedisCallLimits(redis),
    nonceCounts: new RedisNonceCounts(redis),
    trunks: new RedisTrunkStore(redis),
  };
}

async function openEmbedded(node: NodeStart): Promise<Stores> {
  return {
    location: await openEmbeddedLocation(node),
    calls: new MemoryCallStore(),
    limits: new MemoryCallLimits(),
    nonceCounts: new MemoryNonceCounts(),
    trunks: new MemoryTrunkStore(),
  };
}

/** The registrations of this process, kept over a restart. */
async function openEmbeddedLocation({ lifecycle, log, settings }: NodeStart): Promise<Location> {
  const path = join(settings.data, 'registrations');
  const onFault = (fault: Error): void => log.error({ err: fault }, 'registrations were not written');
  const { location, report } = await lifecycle.start('registrations', {
    open: () => openMemoryLocation({ path, onFault }, Date.now()),
    close: ({ location }) => location.close(),
  });
  const level = report.damaged + report.problems.length > 0 ? 'warn' : report.restored > 0 ? 'info' : 'debug';
  log[level]({ ...report }, 'registrations restored');
  return location;
}
