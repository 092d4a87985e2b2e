import type { ObjectPlace } from '@tandem/platform';
import { z } from 'zod';
import type { Check } from '../doctor/check.ts';
import type { Asked } from './preflight.ts';

const classes: ObjectPlace = { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses' };
const isDefault = 'storageclass.kubernetes.io/is-default-class';
const storageClass = z.object({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
});

/** Volumes that name no class wait for ever where there is no default. */
export const defaultStorageClassCheck: Check<Asked> = {
  name: 'default storage class',
  layer: 'cluster',
  hint: 'name one in persistence.storageClass, or mark one as the default',
  run: async (api) => {
    const all = (await api.list(classes, storageClass)).map(({ metadata }) => metadata);
    const chosen = all.find(({ annotations }) => annotations[isDefault] === 'true');
    if (chosen) return { ok: true, value: chosen.name };
    const named = all.map(({ name }) => name).join(', ');
    return { ok: false, value: named === '' ? 'there is no class' : `none of ${named} is the default` };
  },
};

export function storageClassCheck(name: string): Check<Asked> {
  return {
    name: 'storage class',
    layer: 'cluster',
    hint: 'make it, or name another in persistence.storageClass or storageClass of the server',
    run: async (api) => {
      const found = await api.find({ ...classes, name }, storageClass);
      return { ok: found !== undefined, value: found ? name : `there is no ${name}` };
    },
  };
}
