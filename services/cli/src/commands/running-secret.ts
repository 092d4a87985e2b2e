import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { loadOrCreateSecret, type SharedSettings } from '@tandem/platform';
import type { Secret } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { secretMissing } from '../doctor/faults.ts';

/** That of the running system; none is made here. Throws `secret-missing`. */
export async function runningSecret({
  clusterSecret,
  data,
}: Pick<SharedSettings, 'clusterSecret' | 'data'>): Promise<Secret> {
  if (clusterSecret) return clusterSecret;
  const file = join(data, 'cluster-secret');
  try {
    await access(file);
  } catch (error) {
    throw new Fault(secretMissing, `${file} cannot be read, and TANDEM_CLUSTER_SECRET is unset`, {
      cause: error,
    });
  }
  return loadOrCreateSecret(data);
}
