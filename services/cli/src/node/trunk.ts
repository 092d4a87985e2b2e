import {
  type Bus,
  derive,
  type Etcd,
  EtcdLeases,
  type Leases,
  type Membership,
  MemoryLeases,
} from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import { startTrunks } from '@tandem/trunk';
import type { Configuration } from './configuration.ts';
import { announce } from './presence.ts';
import type { NodeStart } from './start.ts';
import type { Stores } from './stores.ts';

/** What a trunk node stands on. */
interface TrunkNodeBackings {
  readonly bus: Bus;
  readonly etcd: Etcd | undefined;
  readonly membership: Membership;
  readonly stores: Pick<Stores, 'trunks'>;
  readonly configuration: Configuration;
  readonly secret: Secret;
}

/** Starts looking after trunks, and announces it. */
export async function startTrunkKeeping(node: NodeStart, backings: TrunkNodeBackings): Promise<void> {
  const { lifecycle, log, metrics, settings } = node;
  const { bus, configuration, etcd, membership, secret, stores } = backings;
  const leases = await lifecycle.start('leases', {
    open: (): Leases => (etcd ? new EtcdLeases({ etcd, region: settings.region, log }) : new MemoryLeases()),
    close: (part) => part.close(),
  });
  const trunks = await lifecycle.start('trunks', {
    open: () =>
      startTrunks(settings, {
        ...{ bus, leases, membership, metrics },
        store: stores.trunks,
        snapshot: configuration.snapshot,
        lineSecret: derive(secret, 'line'),
        log: log.child({ part: 'trunk' }),
      }),
    close: (part) => part.stop(),
  });
  await announce(node, backings, {
    tier: 'trunk',
    startedMs: trunks.startedMs,
    addresses: {},
    load: () => trunks.load,
    drain: () => trunks.drain(),
  });
}
