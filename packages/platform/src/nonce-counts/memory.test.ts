import { describe, expect, it } from 'vitest';
import { nonceCountsCompliance } from './compliance.ts';
import { MemoryNonceCounts } from './memory.ts';

nonceCountsCompliance('memory', async () => new MemoryNonceCounts());

describe('MemoryNonceCounts', () => {
  it('makes room by forgetting the nonces that expire first', async () => {
    const counts = new MemoryNonceCounts(2);
    await counts.claim('first', 1, 10_000, 0);
    await counts.claim('second', 1, 20_000, 0);
    expect(await counts.claim('third', 1, 30_000, 0)).toBe(true);
    expect(await counts.claim('second', 1, 20_000, 0)).toBe(false);
    expect(await counts.claim('second', 2, 20_000, 0)).toBe(true);
  });

  it('refuses a nonce that it may have forgotten: no count is good twice', async () => {
    const counts = new MemoryNonceCounts(2);
    await counts.claim('first', 1, 10_000, 0);
    await counts.claim('second', 1, 20_000, 0);
    await counts.claim('third', 1, 30_000, 0);
    expect(await counts.claim('first', 1, 10_000, 0)).toBe(false);
  });

  it('has room again when nonces have expired', async () => {
    const counts = new MemoryNonceCounts(1);
    await counts.claim('first', 1, 10_000, 0);
    expect(await counts.claim('second', 1, 20_000, 11_000)).toBe(true);
    expect(await counts.claim('second', 1, 20_000, 11_000)).toBe(false);
  });
});
