import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { maxNonceCount, type NonceCounts, nonceWindow } from './nonce-counts.ts';

/** What each backing of the nonce counts has to do. */
export function nonceCountsCompliance(name: string, make: () => Promise<NonceCounts>): void {
  describe(`nonce counts by ${name}`, () => {
    // A shared store forgets by its own clock: times are those of the wall.
    const now = Date.now();
    const expiresAt = now + 300_000;
    let counts: NonceCounts;
    let nonce: string;

    beforeEach(async () => {
      counts = await make();
      nonce = randomUUID();
    });

    /** Claims in order; what each was told. */
    async function claim(...sequence: number[]): Promise<boolean[]> {
      const answers: boolean[] = [];
      for (const count of sequence) answers.push(await counts.claim(nonce, count, expiresAt, now));
      return answers;
    }

    const rows: [string, number[], boolean[]][] = [
      ['one after the other', [1, 2, 3], [true, true, true]],
      ['a count twice', [1, 1], [true, false]],
      ['an old count again', [1, 2, 3, 1, 2, 3], [true, true, true, false, false, false]],
      ['counts out of order', [3, 1, 2], [true, true, true]],
      ['counts out of order twice', [3, 1, 1, 2, 2, 3], [true, true, false, true, false, false]],
      ['a first count that is not 1', [100, 99, 100], [true, true, false]],
      ['a leap', [1, 1_000, 1], [true, true, false]],
      ['the last of the window', [nonceWindow, 1, 1], [true, true, false]],
      ['what is behind the window', [nonceWindow + 1, 1], [true, false]],
      ['a leap as wide as the window', [1, nonceWindow + 1, 2, 1], [true, true, true, false]],
      ['a leap just within the window', [1, nonceWindow, 1], [true, true, false]],
      ['the highest count', [maxNonceCount, maxNonceCount, maxNonceCount - 1], [true, false, true]],
      ['no count', [0, -1, 1.5, Number.NaN, maxNonceCount + 1, 1], [false, false, false, false, false, true]],
    ];
    it.each(rows)('rules %s', async (_, sequence, expected) => {
      expect(await claim(...sequence)).toEqual(expected);
    });

    it('lets a whole window come backwards, once', async () => {
      const backwards = Array.from({ length: nonceWindow }, (_, index) => 1_000 - index);
      expect(new Set(await claim(...backwards))).toEqual(new Set([true]));
      expect(new Set(await claim(...backwards))).toEqual(new Set([false]));
    });

    it('gives a count to one of all who claim it at once', async () => {
      const claims = Array.from({ length: 20 }, () => counts.claim(nonce, 7, expiresAt, now));
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    });

    it('gives the highest count again to who claimed it, and to nobody else', async () => {
      const as = (claimant: string | undefined, count: number) =>
        counts.claim(nonce, count, expiresAt, now, claimant);
      expect([await as('branch-1', 5), await as('branch-1', 5)]).toEqual([true, true]);
      expect([await as('branch-2', 5), await as(undefined, 5)]).toEqual([false, false]);
      expect([await as('branch-2', 6), await as('branch-1', 5)]).toEqual([true, false]);
      expect([await as(undefined, 7), await as(undefined, 7)]).toEqual([true, false]);
    });

    it('tells nonces apart', async () => {
      await claim(1);
      expect(await counts.claim(randomUUID(), 1, expiresAt, now)).toBe(true);
    });

    it('refuses a nonce from its end on', async () => {
      expect(await counts.claim(nonce, 1, expiresAt, expiresAt - 1)).toBe(true);
      expect(await counts.claim(nonce, 2, expiresAt, expiresAt)).toBe(false);
    });
  });
}
