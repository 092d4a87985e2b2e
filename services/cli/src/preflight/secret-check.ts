import { secretIn } from '@tandem/platform';
import { z } from 'zod';
import type { Check } from '../doctor/check.ts';
import type { NeededSecret } from './needs.ts';
import type { Asked } from './preflight.ts';

const secret = z.object({ data: z.record(z.string(), z.unknown()).default({}) });

/** A pod whose secret is not there, or lacks a key, waits for it; what is in it stays unread. */
export function secretCheck({ name, keys }: NeededSecret): Check<Asked> {
  return {
    name: 'secret',
    layer: 'cluster',
    hint: `make it: kubectl create secret generic ${name} ${keys.map((key) => `--from-file=${key}=…`).join(' ')}`.trimEnd(),
    run: async (api) => {
      const found = await api.find(secretIn(api.namespace, name), secret);
      if (!found) return { ok: false, value: `there is no ${name} in namespace ${api.namespace}` };
      const missing = keys.filter((key) => !(key in found.data));
      if (missing.length > 0)
        return { ok: false, value: `${name} lacks ${missing.join(', ')}`, hint: `add the key to ${name}` };
      return { ok: true, value: [name, ...keys].join(' ') };
    },
  };
}
