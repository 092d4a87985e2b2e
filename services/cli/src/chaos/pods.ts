import { type Kubernetes, podsIn, type Tier } from '@tandem/platform';
import { z } from 'zod';
import type { Population } from './population.ts';

const pod = z.object({
  metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});

/** The pods that a label selector leaves, each tier by `app.kubernetes.io/component`; they are deleted without grace. */
export function podsOf(api: Kubernetes, selector: string): Population {
  return {
    of: async (tier: Tier) => {
      const labels = `${selector},app.kubernetes.io/component=${tier}`;
      const pods = await api.list(podsIn(api.namespace), pod, { labels });
      return pods.filter(serves).map(({ metadata }) => metadata.name);
    },
    kill: (name) => api.remove(podsIn(api.namespace, name), { graceSeconds: 0 }),
  };
}

function serves({ metadata, status }: z.infer<typeof pod>): boolean {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return metadata.deletionTimestamp === undefined && ready?.status === 'True';
}
