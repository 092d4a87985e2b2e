import type { Bus } from '@tandem/platform';
import { type Probed, serveProbe } from '../cluster/probe.ts';
import type { NodeStart } from './start.ts';

/** Lets a doctor ask this node, from anywhere in the cluster, what comes to one of its tiers. */
export async function startProbes(
  { lifecycle, settings }: NodeStart,
  bus: Bus,
  probed: Probed,
): Promise<void> {
  const { nodeId: id, region } = settings;
  await lifecycle.start(`probes of ${probed.tier}`, {
    open: () => serveProbe({ bus, region, id }, probed, settings),
    close: (end) => end(),
  });
}
