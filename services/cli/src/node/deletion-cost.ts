import { KeptDeletionCost } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Keeps what it costs to remove the pod of this node, where it is told which pod that is. */
export async function keepDeletionCost(
  { lifecycle, log, openKubernetes, settings }: NodeStart,
  calls: () => number,
): Promise<void> {
  const { podName: pod } = settings;
  if (pod === undefined) return;
  const kubernetes = await openKubernetes();
  if (!kubernetes) return log.warn({ pod }, 'this pod has no service account, by which it could be scaled');
  const holding = () => ({ calls: calls(), isDraining: lifecycle.readiness.draining });
  await lifecycle.start('deletion cost', {
    open: () => new KeptDeletionCost({ kubernetes, pod, holding, log }),
    close: (part) => part.close(),
  });
}
