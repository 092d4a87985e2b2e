import { type Edge, type EdgeBackings, type EdgeSettings, startEdge } from '@tandem/edge';
import { derive, type SharedSettings } from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import type { NodeStart } from './start.ts';

/** Starts the edge of this node. */
export function startSip(
  { lifecycle, log, metrics, settings }: NodeStart<SharedSettings & EdgeSettings>,
  backings: Omit<EdgeBackings, 'tokenSecret' | 'log' | 'metrics'> & { readonly secret: Secret },
): Promise<Edge> {
  const { secret, ...shared } = backings;
  const tokenSecret = derive(secret, 'token');
  return lifecycle.start('edge', {
    open: () => startEdge(settings, { ...shared, tokenSecret, metrics, log: log.child({ part: 'edge' }) }),
    close: (part) => part.stop(),
  });
}
