import { describe, expect, it } from 'vitest';
import type { CallRecord } from './call-store.ts';
import { callStoreCompliance } from './compliance.ts';
import { MemoryCallStore } from './memory.ts';
import { sampleCall } from './sample.ts';

callStoreCompliance('memory', async (instances) => {
  const store = new MemoryCallStore();
  return Array.from({ length: instances }, () => store);
});

describe('MemoryCallStore', () => {
  const ending = { node: 'edge-1', end: {} };
  const record = (id: string): CallRecord => sampleCall({ id });

  it('refuses a new call when it is full, but not news of a known one', async () => {
    const store = new MemoryCallStore(2);
    await store.put(record('a'), 5_000, 0);
    await store.put(record('b'), 5_000, 0);
    await expect(store.put(record('c'), 5_000, 0)).rejects.toThrow('call-store-full: 2 records');
    await store.put({ ...record('a'), state: 'answered' }, 5_000, 0);
    expect(await store.get('a', 0)).toMatchObject({ state: 'answered' });
  });

  it('has room again when calls end or are forgotten', async () => {
    const store = new MemoryCallStore(2);
    await store.put(record('a'), 60_000, 0);
    await store.put(record('b'), 5_000, 0);
    await store.take('a', ending, 0);
    await store.finish('a');
    await store.put(record('c'), 60_000, 0);
    await store.put(record('d'), 60_000, 6_000);
    expect((await store.list({ limit: 9 }, 6_000)).records.map(({ id }) => id)).toEqual(['c', 'd']);
  });

  it('lists a call that came again after it was forgotten behind the others', async () => {
    const store = new MemoryCallStore();
    await store.put(record('a'), 5_100, 5_000);
    await store.put(record('b'), 60_000, 5_000);
    await store.put(record('a'), 60_000, 5_200);
    const first = await store.list({ limit: 1 }, 5_200);
    const second = await store.list({ limit: 1, cursor: first.cursor }, 5_200);
    expect([first, second].flatMap(({ records }) => records.map(({ id }) => id))).toEqual(['b', 'a']);
  });
});
