import { createLog, MemoryCallLimits } from '@tandem/platform';
import { expect, it } from 'vitest';
import { Places } from './places.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });

it('keeps the places of the calls of an edge, and looks whether the store has them, part by part', async () => {
  const limits = new MemoryCallLimits();
  const parts: string[] = [];
  const records = {
    own: { places: () => [{ call: 'a', names: ['tenant/acme', 'user/acme/1001'] }] },
    verify: async (part: number, of: number) => void parts.push(`${part}/${of}`),
  };
  let now = 0;
  const places = new Places({ limits, records, log, now: () => now });
  await places.renew();
  now = 59_000;
  await places.renew();
  expect(await limits.count('tenant/acme', 118_000)).toBe(1);
  expect(await limits.count('user/acme/1001', 120_000)).toBe(0);
  expect(parts).toEqual(['0/15', '1/15']);
});
