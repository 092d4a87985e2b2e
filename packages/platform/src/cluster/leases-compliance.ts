import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Leases } from './leases.ts';

/** What each backing of leases has to do. `make` gives what opens leases for one node after the other. */
export function leasesCompliance(name: string, make: () => Promise<() => Leases>): void {
  describe(`leases by ${name}`, () => {
    const opened: Leases[] = [];
    let one: Leases;
    let two: Leases;

    beforeEach(async () => {
      const open = await make();
      opened.push(open(), open());
      [one, two] = opened as [Leases, Leases];
    });
    afterEach(() => Promise.all(opened.splice(0).map((leases) => leases.close())));

    it('gives what nobody owns', async () => {
      const lease = await one.tryOwn('trunk/acme', 'edge-1');
      expect(lease).toMatchObject({ what: 'trunk/acme' });
      expect(lease?.lost.aborted).toBe(false);
    });

    it('gives a thing to one node only', async () => {
      const tries = [one.tryOwn('trunk/acme', 'edge-1'), two.tryOwn('trunk/acme', 'edge-2')];
      const owned = await Promise.all(tries);
      expect(owned.filter((lease) => lease !== undefined)).toHaveLength(1);
      expect(await two.ownerOf('trunk/acme')).toBe(owned[0] ? 'edge-1' : 'edge-2');
    });

    it('tells different things apart', async () => {
      await one.tryOwn('a', 'edge-1');
      expect(await two.tryOwn('ab', 'edge-2')).toBeDefined();
      expect([await one.ownerOf('a'), await one.ownerOf('ab'), await one.ownerOf('b')]).toEqual([
        'edge-1',
        'edge-2',
        undefined,
      ]);
    });

    it('gives a holder again what it has', async () => {
      const lease = await one.tryOwn('a', 'edge-1');
      expect(await one.tryOwn('a', 'edge-1')).toBe(lease);
      expect(await one.tryOwn('a', 'another')).toBeUndefined();
    });

    it('gives to another what was released', async () => {
      const lease = await one.tryOwn('a', 'edge-1');
      await lease?.release();
      expect(await two.ownerOf('a')).toBeUndefined();
      expect(await two.tryOwn('a', 'edge-2')).toBeDefined();
      expect(lease?.lost.aborted).toBe(false);
    });

    it('releases once: not what another has taken since', async () => {
      const lease = await one.tryOwn('a', 'edge-1');
      await lease?.release();
      await two.tryOwn('a', 'edge-2');
      await lease?.release();
      expect(await one.ownerOf('a')).toBe('edge-2');
    });

    it('releases everything when it is closed, which may be done twice', async () => {
      const leases = [await one.tryOwn('a', 'edge-1'), await one.tryOwn('b', 'edge-1')];
      await Promise.all([one.close(), one.close()]);
      expect(await two.tryOwn('a', 'edge-2')).toBeDefined();
      expect(await two.tryOwn('b', 'edge-2')).toBeDefined();
      expect(leases.map((lease) => lease?.lost.aborted)).toEqual([false, false]);
    });
  });
}
