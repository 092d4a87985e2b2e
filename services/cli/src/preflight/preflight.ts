import type { Kubernetes } from '@tandem/platform';
import { type Check, runChecks } from '../doctor/check.ts';
import type { Examined } from '../doctor/doctor.ts';
import { apiCheck } from './api-check.ts';
import { hostNetworkCheck } from './host-network-check.ts';
import { loadBalancerCheck } from './load-balancer-check.ts';
import type { Needs } from './needs.ts';
import { secretCheck } from './secret-check.ts';
import { defaultStorageClassCheck, storageClassCheck } from './storage-checks.ts';
import { answerCheck, versionCheck } from './version-checks.ts';

/** The cluster, as the API tells of it. */
export type Asked = Pick<Kubernetes, 'find' | 'list' | 'namespace'>;

/** Looks for all that is needed, and tells of each as soon as it is known. */
export async function* preflight(api: Asked, needs: Needs): AsyncGenerator<Examined> {
  for await (const result of runChecks(checksOf(needs), api)) yield { on: 'kubernetes', ...result };
}

function checksOf(needs: Needs): Check<Asked>[] {
  return [
    answerCheck,
    ...(needs.kubernetes ? [versionCheck(needs.kubernetes)] : []),
    ...(needs.apis ?? []).map(apiCheck),
    ...(needs.defaultStorageClass ? [defaultStorageClassCheck] : []),
    ...(needs.storageClasses ?? []).map(storageClassCheck),
    ...(needs.loadBalancer ? [loadBalancerCheck] : []),
    ...(needs.hostNetwork ? [hostNetworkCheck] : []),
    ...(needs.secrets ?? []).map(secretCheck),
  ];
}
