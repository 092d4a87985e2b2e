import { z } from 'zod';
import type { Check } from '../doctor/check.ts';
import type { NeededApi } from './needs.ts';
import type { Asked } from './preflight.ts';

const group = z.object({ resources: z.array(z.object({ kind: z.string() })) });

/** What serves a group, and what of the chart's values asks for it. */
const servers: Readonly<Record<string, string>> = {
  'keda.sh': 'install KEDA, or choose another scaling.by',
  'monitoring.coreos.com':
    'install the operator of Prometheus, or leave out what monitoring and scaling.by ask for',
  'cert-manager.io': 'install cert-manager, or name a secret in tls.secretName',
  'external.metrics.k8s.io':
    'install prometheus-adapter (deploy/kubernetes/prometheus-adapter.yaml), or choose another scaling.by',
};

/** Whether the cluster knows a kind of objects, or has a group of metrics. */
export function apiCheck({ group: name, version, kind }: NeededApi): Check<Asked> {
  return {
    name: kind ?? name,
    layer: 'cluster',
    hint: servers[name] ?? `install what serves ${name}`,
    run: async (api) => {
      const served = await api.find(`/apis/${name}/${version}`, group);
      if (!served) return { ok: false, value: `nothing serves ${name}/${version}` };
      if (kind === undefined || served.resources.some((each) => each.kind === kind))
        return { ok: true, value: `${name}/${version}` };
      return { ok: false, value: `${name}/${version} has no ${kind}` };
    },
  };
}
