import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallLimits } from './call-limits.ts';

/**
 * What each backing of the limits does. `make` opens as many instances as asked for, over the same empty store; a
 * backing of one process gives the same one.
 */
export function callLimitsCompliance(
  name: string,
  make: (instances: number) => Promise<readonly CallLimits[]>,
): void {
  describe(`limits of calls by ${name}`, () => {
    // A shared store forgets by its own clock: times are those of the wall.
    const now = Date.now();
    const later = now + 60_000;
    const tenant = `tenant/${randomUUID()}`;
    const user = `${tenant.replace('tenant', 'user')}/1001`;
    let limits: CallLimits;
    let other: CallLimits;

    beforeEach(async () => {
      [limits, other] = (await make(2)) as [CallLimits, CallLimits];
    });

    const take = (call: string, max: number, from = limits, at = now) =>
      from.acquire(call, [{ name: tenant, max }], at + 60_000, at);

    it('gives as many places as there are, whoever asks', async () => {
      expect([await take('a', 2), await take('b', 2, other), await take('c', 2)]).toEqual([
        undefined,
        undefined,
        tenant,
      ]);
      expect([await limits.count(tenant, now), await other.count(tenant, now)]).toEqual([2, 2]);
    });

    it('gives no place where there is none', async () => {
      expect(await take('a', 0)).toBe(tenant);
      expect(await limits.count(tenant, now)).toBe(0);
    });

    it('knows no limit of a call without limits', async () => {
      expect(await limits.acquire('a', [], later, now)).toBeUndefined();
    });

    it('keeps the place of a call that asks again', async () => {
      expect([await take('a', 1), await take('a', 1, other)]).toEqual([undefined, undefined]);
      expect(await limits.count(tenant, now)).toBe(1);
    });

    it('takes a place in all limits or in none', async () => {
      const both = (call: string, from: CallLimits) =>
        from.acquire(
          call,
          [
            { name: tenant, max: 5 },
            { name: user, max: 1 },
          ],
          later,
          now,
        );
      expect([await both('a', limits), await both('b', other)]).toEqual([undefined, user]);
      expect([await limits.count(tenant, now), await limits.count(user, now)]).toEqual([1, 1]);
    });

    it('never gives one place too many to all who ask at once', async () => {
      const asked = Array.from({ length: 40 }, (_, index) =>
        take(`call-${index}`, 7, index % 2 ? limits : other),
      );
      expect((await Promise.all(asked)).filter((full) => full === undefined)).toHaveLength(7);
      expect(await limits.count(tenant, now)).toBe(7);
    });

    it('has room again after a release', async () => {
      await take('a', 1);
      await other.release('a', [tenant, user]);
      expect(await limits.count(tenant, now)).toBe(0);
      expect(await take('b', 1)).toBeUndefined();
    });

    it('forgets a place at the end of its lease, and not before', async () => {
      await take('a', 1);
      expect(await limits.count(tenant, later - 1)).toBe(1);
      expect(await limits.count(tenant, later)).toBe(0);
      expect(await take('b', 1, other, later - 1)).toBe(tenant);
      expect(await take('b', 1, other, later)).toBeUndefined();
    });

    it('keeps a place for longer, and gives back one that was lost, whatever the limit', async () => {
      await take('a', 1);
      await other.renew([{ call: 'a', names: [tenant] }], later + 60_000, now);
      expect(await limits.count(tenant, later)).toBe(1);
      await limits.renew([{ call: 'b', names: [tenant, user] }], later, now);
      expect([await limits.count(tenant, now), await limits.count(user, now)]).toEqual([2, 1]);
      expect(await take('c', 2)).toBe(tenant);
    });

    it('renews calls of many tenants at once', async () => {
      const calls = Array.from({ length: 30 }, (_, index) => ({
        call: `call-${index}`,
        names: [`${tenant}${index % 3}`],
      }));
      await limits.renew(calls, later, now);
      expect(await other.count(`${tenant}2`, now)).toBe(10);
      await Promise.all(calls.map(({ call, names }) => limits.release(call, names)));
      expect(await other.count(`${tenant}2`, now)).toBe(0);
    });
  });
}
