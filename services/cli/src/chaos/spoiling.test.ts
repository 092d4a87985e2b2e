import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Harm, harmOf, Spoiling } from './spoiling.ts';

const packets = 20_000;

/** What becomes of so many packets. */
async function fatesBy(harm: Harm): Promise<readonly (readonly number[])[]> {
  const [spoiling, stop] = [new Spoiling(), new AbortController()];
  const over = spoiling.spoil(harm, 600_000, stop.signal);
  await setImmediate();
  const fates = Array.from({ length: packets }, () => spoiling.fate());
  stop.abort();
  await over;
  return fates;
}

describe('RTP that is spoiled', () => {
  it('leaves as it is otherwise', () => {
    expect(new Spoiling().fate()).toEqual([0]);
  });

  it('is spoiled alike by the same seed, and otherwise by another', async () => {
    const [first, again, other] = await Promise.all([harmOf(7, 0), harmOf(7, 0), harmOf(8, 0)].map(fatesBy));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('is lost, late and sent twice in the shares that are told', async () => {
    const harm = harmOf(3, 1);
    const fates = await fatesBy(harm);
    const share = (is: (delays: readonly number[]) => boolean): number => fates.filter(is).length / packets;
    const left = 1 - harm.lost;
    expect(share((delays) => delays.length === 0)).toBeCloseTo(harm.lost, 2);
    expect(share((delays) => delays.length === 2)).toBeCloseTo(harm.twice * left, 2);
    expect(share(([delay]) => delay! > 0)).toBeCloseTo(harm.late * left, 2);
    expect(Math.max(...fates.flat())).toBe(harm.lateMs);
  });

  it('goes by itself again afterwards', async () => {
    const [spoiling, stop] = [new Spoiling(), new AbortController()];
    const over = spoiling.spoil({ ...harmOf(1, 0), lost: 1 }, 600_000, stop.signal);
    expect(spoiling.fate()).toEqual([]);
    stop.abort();
    expect(await over).toEqual({ withheld: 1, repeated: 0 });
    expect(spoiling.fate()).toEqual([0]);
  });
});
