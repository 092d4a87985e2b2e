import { KeptDeletionCost, Kubernetes, type Membership, type Tier } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Keeps what it costs to remove the pod of this node, where it is told which pod that is. */
export async function keepDeletionCost(
  { lifecycle, log, settings }: NodeStart,
  {
    membership,
    tier,
    calls,
  }: { readonly membership: Membership; readonly tier: Tier; readonly calls: () => number },
): Promise<void> {
  const { nodeId, podName: pod } = settings;
  if (pod === undefined) return;
  const kubernetes = Kubernetes.inCluster(process.env);
  if (!kubernetes) return log.warn({ pod }, 'this pod has no service account, by which it could be scaled');
  await lifecycle.start('kubernetes', { open: () => kubernetes, close: (part) => part.close() });
  const isDraining = (): boolean =>
    membership.members(tier).some(({ id, state }) => id === nodeId && state === 'draining');
  await lifecycle.start('deletion cost', {
    open: () =>
      new KeptDeletionCost({
        ...{ kubernetes, pod, log },
        holding: () => ({ calls: calls(), isDraining: isDraining() }),
      }),
    close: (part) => part.close(),
  });
}
