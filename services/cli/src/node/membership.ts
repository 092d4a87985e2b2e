import { type Bus, BusMembership, type Etcd, type Membership, MemoryMembership } from '@tandem/platform';
import { type NodeOrigin, publishNodes, publishSkew } from '../cluster/events.ts';
import { ConfigurationSkew } from '../cluster/skew.ts';
import type { NodeStart } from './start.ts';

/** Milliseconds between two looks at the versions of the configuration. */
const lookEvery = 1_000;

/** Opens the membership: by etcd and beats where there are servers, else within this process. Tells of changes. */
export async function openMembership(node: NodeStart, bus: Bus, etcd?: Etcd): Promise<Membership> {
  const { lifecycle, log, settings } = node;
  const { region, nodeId } = settings;
  const membership = await lifecycle.start<Membership>('membership', {
    open: () => openBacking(node, bus, etcd),
    close: (part) => part.close(),
  });
  const origin: NodeOrigin = { bus, region, node: nodeId, now: Date.now };
  membership.onChange(({ change, member: { tier, id, state } }) =>
    log.info({ change, tier, id, state }, 'a node has changed'),
  );
  publishNodes(membership, origin);
  const skew = new ConfigurationSkew();
  await lifecycle.start('skew', {
    open: () => setInterval(() => look(membership, skew, origin), lookEvery),
    close: clearInterval,
  });
  return membership;
}

function openBacking({ log, metrics, settings }: NodeStart, bus: Bus, etcd?: Etcd): Membership {
  if (!settings.natsUrl) return new MemoryMembership(log);
  const membership = new BusMembership({ bus, etcd, region: settings.region, log });
  membership.observe(metrics);
  return membership;
}

function look(membership: Membership, skew: ConfigurationSkew, origin: NodeOrigin): void {
  const nodes = skew.look(membership.members('router'), origin.now());
  if (nodes) publishSkew(nodes, origin);
}
