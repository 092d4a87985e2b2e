import { describe, expect, it } from 'vitest';
import type { Expectation } from './expectation.ts';
import { Occupancy } from './occupancy.ts';

const expecting = (...expectations: [address: number, port: number][]): { expectations: Expectation[] } => ({
  expectations: expectations.map(([address, port]) => ({ address, port })),
});

describe('Occupancy', () => {
  it.each([
    ['another address', [[1, 0]], [[2, 0]], false],
    ['the same address, neither port known', [[1, 0]], [[1, 0]], true],
    ['the same address, one port known', [[1, 500]], [[1, 0]], true],
    ['the same address, the other port known', [[1, 0]], [[1, 500]], true],
    ['the same address and port', [[1, 500]], [[1, 500]], true],
    ['the same address, other port', [[1, 500]], [[1, 502]], false],
    [
      'one address in common of several',
      [
        [1, 0],
        [2, 500],
      ],
      [
        [3, 0],
        [2, 0],
      ],
      true,
    ],
    [
      'none in common of several',
      [
        [1, 0],
        [2, 500],
      ],
      [
        [3, 0],
        [2, 502],
      ],
      false,
    ],
    ['nothing known of the other', [[1, 0]], [], false],
  ] as [string, [number, number][], [number, number][], boolean][])(
    'confuses a resident with %s: %j %j %s',
    (_what, resident, other, confused) => {
      const occupancy = new Occupancy();
      occupancy.add(expecting(...resident));
      expect(occupancy.confuses(expecting(...other).expectations)).toBe(confused);
    },
  );

  it('does not confuse a resident with itself', () => {
    const occupancy = new Occupancy();
    const resident = expecting([1, 0]);
    occupancy.add(resident);
    expect(occupancy.confuses(resident.expectations, resident)).toBe(false);
  });

  it('finds residents where they are expected now', () => {
    const occupancy = new Occupancy();
    const [one, other] = [expecting([1, 0], [1, 500]), expecting([1, 0])];
    occupancy.add(one);
    occupancy.add(other);
    expect(occupancy.at(1)).toEqual([one, other]);
    occupancy.expect(one, [{ address: 2, port: 0 }]);
    expect(occupancy.at(1)).toEqual([other]);
    expect(occupancy.at(2)).toEqual([one]);
    occupancy.remove(one);
    occupancy.remove(one);
    expect(occupancy.at(2)).toEqual([]);
    expect(occupancy.size).toBe(1);
  });

  it('knows the only resident', () => {
    const occupancy = new Occupancy();
    expect(occupancy.sole).toBeUndefined();
    const resident = expecting();
    occupancy.add(resident);
    expect(occupancy.sole).toBe(resident);
    occupancy.add(expecting());
    expect(occupancy.sole).toBeUndefined();
  });
});
