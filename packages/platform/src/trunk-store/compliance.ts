import { describe, expect, it } from 'vitest';
import { maxTrunkState, type TrunkStore } from './trunk-store.ts';

async function all(store: TrunkStore): Promise<string[]> {
  const found = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await store.list(cursor);
    for (const state of page.states) found.add(state);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return [...found].sort();
}

/** What every backing does; `make` gives two handles of one empty store. */
export function trunkStoreCompliance(name: string, make: () => Promise<readonly TrunkStore[]>): void {
  describe(`trunk store: ${name}`, () => {
    it('keeps the last that was written, for every node', async () => {
      const [store, other] = (await make()) as [TrunkStore, TrunkStore];
      expect(await store.read('acme/carrier')).toBeUndefined();
      await store.write('acme/carrier', 'one');
      await store.write('acme/carrier', 'two €');
      expect(await other.read('acme/carrier')).toBe('two €');
    });

    it('forgets what is removed', async () => {
      const [store] = (await make()) as [TrunkStore];
      await store.write('acme/carrier', 'one');
      await store.remove('acme/carrier');
      await store.remove('acme/carrier');
      expect(await store.read('acme/carrier')).toBeUndefined();
      expect(await all(store)).toEqual([]);
    });

    it('lists a thousand', async () => {
      const [store] = (await make()) as [TrunkStore];
      const states = Array.from({ length: 1_000 }, (_, index) => `state ${index}`).sort();
      await Promise.all(states.map((state, index) => store.write(`acme/${index}`, state)));
      expect(await all(store)).toEqual(states);
    });

    it('takes no more than its cap of one trunk', async () => {
      const [store] = (await make()) as [TrunkStore];
      await store.write('acme/carrier', 'x'.repeat(maxTrunkState));
      await expect(store.write('acme/carrier', 'x'.repeat(maxTrunkState + 1))).rejects.toThrow(
        `trunk-state-too-large: acme/carrier: ${maxTrunkState + 1} characters`,
      );
    });
  });
}
