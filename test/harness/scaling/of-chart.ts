import { find, type Manifest, render, type Values } from '../../chart/chart.ts';
import type { TierScaling } from './scaling-loop.ts';

/** What the names of pods begin with, and their namespace. */
export const release = { namespace: 'default', name: 'sw-tandem' } as const;

const tiers = ['edge', 'router', 'media'] as const;

interface Trigger {
  readonly metadata: { readonly query: string; readonly threshold: string };
}

/** When the tiers are to grow and to shrink, as the chart says it to KEDA. */
export async function scalingsOf(values: Values): Promise<TierScaling[]> {
  const asked = { 'scaling.by': 'keda', 'scaling.prometheus': 'http://prometheus:9090', ...values };
  const manifests = await render({ ...asked, 'edge.kind': 'Deployment', 'media.kind': 'Deployment' });
  return tiers.map((tier) => scalingOf(tier, find(manifests, 'ScaledObject', tier)));
}

function scalingOf(tier: TierScaling['tier'], { spec }: Manifest): TierScaling {
  const { behavior } = spec.advanced.horizontalPodAutoscalerConfig;
  const triggers = (spec.triggers as Trigger[]).map(({ metadata: { query, threshold } }) => ({
    query,
    perPod: Number(threshold),
  }));
  return { tier, min: spec.minReplicaCount, max: spec.maxReplicaCount, ...behavior, triggers };
}
