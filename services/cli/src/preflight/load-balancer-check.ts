import { z } from 'zod';
import type { Check } from '../doctor/check.ts';
import type { Asked } from './preflight.ts';

const service = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  spec: z.object({ type: z.string().optional() }).default({}),
  status: z
    .object({
      loadBalancer: z.object({ ingress: z.array(z.unknown()).default([]) }).default({ ingress: [] }),
    })
    .default({ loadBalancer: { ingress: [] } }),
});

/** No API says whether anybody gives addresses to load balancers: that one has got its own shows it. */
export const loadBalancerCheck: Check<Asked> = {
  name: 'load balancer',
  layer: 'cluster',
  hint: 'have a controller of load balancers, such as that of the cloud or MetalLB, or choose hostNetwork',
  advisory: true,
  run: async (api) => {
    const all = await api.list({ version: 'v1', resource: 'services' }, service);
    const balanced = all.filter(({ spec }) => spec.type === 'LoadBalancer');
    const served = balanced.find(({ status }) => status.loadBalancer.ingress.length > 0);
    if (served)
      return { ok: true, value: `${served.metadata.namespace}/${served.metadata.name} has an address` };
    const found = balanced.length === 0 ? 'there is no' : `none of ${balanced.length}`;
    return {
      ok: false,
      value: `${found} Service of type LoadBalancer with an address: nobody may give them`,
    };
  },
};
