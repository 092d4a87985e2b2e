import { setTimeout as delay } from 'node:timers/promises';
import { type Kubernetes, podStatus, podsIn } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { z } from 'zod';
import { cutImpossible } from '../faults.ts';
import type { Population } from './population.ts';

/** Who has this label is let through by no policy of the chart, and by none but those if one selects it. */
const cutLabel = 'tandem-cut';

const pod = z.object({
  metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
  spec: z.object({ hostNetwork: z.boolean().default(false) }).default({ hostNetwork: false }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});

type Pod = z.infer<typeof pod>;

/**
 * The pods that a label selector leaves, each part by `app.kubernetes.io/component`. They are deleted without grace; they are
 * cut off by a label that the chart's NetworkPolicies look for, which is set by their status: that right changes nothing that
 * a pod runs.
 */
export function podsOf(api: Kubernetes, selector: string): Population {
  const pods = (labels: string): Promise<Pod[]> => api.list(podsIn(api.namespace), pod, { labels });
  const label = (name: string, value: string | null): Promise<void> =>
    api.patch(podStatus(api.namespace, name), { metadata: { labels: { [cutLabel]: value } } });
  const heal = async (): Promise<void> => {
    for (const { metadata } of await pods(`${selector},${cutLabel}=chaos`)) await label(metadata.name, null);
  };
  const known = new Map<string, Pod>();
  return {
    revives: true,
    of: async (part) => {
      const all = await pods(`${selector},app.kubernetes.io/component=${part}`);
      for (const each of all) known.set(each.metadata.name, each);
      return all.filter(serves).map(({ metadata }) => metadata.name);
    },
    kill: (name) => api.remove(podsIn(api.namespace, name), { graceSeconds: 0 }),
    cut: async (name, ms, signal) => {
      if (known.get(name)?.spec.hostNetwork)
        throw new Fault(cutImpossible, `pod ${name}: it has the network of its node, which no policy cuts`);
      await label(name, 'chaos');
      await delay(ms, undefined, { signal }).catch(() => undefined);
      await heal();
      return 'NetworkPolicy';
    },
    heal,
  };
}

function serves({ metadata, status }: Pod): boolean {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return metadata.deletionTimestamp === undefined && ready?.status === 'True';
}
