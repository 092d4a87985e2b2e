import { z } from 'zod';
import type { Check } from '../doctor/check.ts';
import type { Asked } from './preflight.ts';

const namespaced = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }),
});
/** https://kubernetes.io/docs/concepts/security/pod-security-admission */
const level = 'pod-security.kubernetes.io/enforce';

/** Pods with the network of their node are refused by every level but `privileged`. */
export const hostNetworkCheck: Check<Asked> = {
  name: 'Pod Security',
  layer: 'cluster',
  hint: `label the namespace ${level}=privileged, or choose another expose than hostNetwork`,
  run: async (api) => {
    const { namespace } = api;
    const found = await api.find({ version: 'v1', resource: 'namespaces', name: namespace }, namespaced);
    const enforced = found?.metadata.labels[level];
    const value = `namespace ${namespace} enforces ${enforced ?? 'what is the default of the cluster'}`;
    return { ok: enforced === undefined || enforced === 'privileged', value };
  },
};
