import { beforeEach, describe, expect, it } from 'vitest';
import { WriteBehind } from './write-behind.ts';

describe('writing behind', () => {
  const written: string[] = [];
  const dropped: string[] = [];
  let failing = false;
  let failures = 0;
  let now = 0;
  let gate: Promise<void> = Promise.resolve();
  let writes: WriteBehind;

  beforeEach(() => {
    written.length = 0;
    dropped.length = 0;
    failing = false;
    failures = 0;
    now = 0;
    gate = Promise.resolve();
    writes = new WriteBehind({
      write: async (key) => {
        await gate;
        if (failing) throw new Error('away');
        written.push(key);
      },
      dropped: (key, why) => void dropped.push(`${key} ${why}`),
      failed: () => void failures++,
      now: () => now,
    });
  });

  it('makes one write of what is asked for in one turn', async () => {
    writes.push('a');
    writes.push('b');
    writes.push('a');
    await writes.settled();
    expect(written).toEqual(['a', 'b']);
  });

  it('writes again what changes while it is being written, afterwards', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    writes.push('a');
    await new Promise(setImmediate);
    writes.push('a');
    writes.push('a');
    resolve();
    await writes.settled();
    expect(written).toEqual(['a', 'a']);
  });

  it('does not write what was taken back in the same turn', async () => {
    writes.push('a');
    await writes.cancel('a');
    await writes.settled();
    expect(written).toEqual([]);
  });

  it('tries again until the store is back, and tells of it once', async () => {
    failing = true;
    for (const key of ['a', 'b', 'c']) writes.push(key);
    await expect.poll(() => writes.isAway).toBe(true);
    failing = false;
    await expect.poll(() => written.sort()).toEqual(['a', 'b', 'c']);
    expect([failures, writes.isAway, writes.size]).toEqual([1, false, 0]);
  });

  it('gives up what could not be written for ten minutes, and still takes what comes later', async () => {
    failing = true;
    writes.push('a');
    await expect.poll(() => writes.isAway).toBe(true);
    now = 600_000;
    await expect.poll(() => dropped).toEqual(['a overdue']);
    failing = false;
    writes.push('b');
    await expect.poll(() => written).toEqual(['b']);
  });

  it('drops what there is no room for', () => {
    for (let index = 0; index <= 100_000; index++) writes.push(`${index}`);
    expect(dropped).toEqual(['100000 overflow']);
  });
});
