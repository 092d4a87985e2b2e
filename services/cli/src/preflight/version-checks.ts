import { z } from 'zod';
import type { Check } from '../doctor/check.ts';
import { type Version, versionIn } from './needs.ts';
import type { Asked } from './preflight.ts';

const told = z.object({ gitVersion: z.string() });

/** Who is not answered here is not answered anywhere. */
export const answerCheck: Check<Asked> = {
  name: 'API',
  layer: 'cluster',
  hint: 'this pod has to reach the API on port 443 or 6443: look at network policies',
  essential: true,
  run: async (api) => ({ ok: true, value: await versionOf(api) }),
};

/** Of an API that is as old as what is needed, or younger. */
export function versionCheck(least: Version): Check<Asked> {
  const wanted = `${least.major}.${least.minor}`;
  return {
    name: 'version',
    layer: 'cluster',
    hint: `upgrade the cluster to ${wanted} or later`,
    run: async (api) => {
      const text = await versionOf(api);
      const version = versionIn(text);
      if (version && isFrom(least, version)) return { ok: true, value: text };
      return { ok: false, value: `${text} is older than ${wanted}` };
    },
  };
}

async function versionOf(api: Asked): Promise<string> {
  return (await api.find('/version', told))?.gitVersion ?? 'unknown';
}

function isFrom(least: Version, { major, minor }: Version): boolean {
  return major > least.major || (major === least.major && minor >= least.minor);
}
