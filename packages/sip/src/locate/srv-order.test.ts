import { describe, expect, it } from 'vitest';
import type { SrvRecord } from './records.ts';
import { orderSrv, shuffle } from './srv-order.ts';

/** Numbers from 0 up to 1 by the generator of Park and Miller, the same for each seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function records(...weights: readonly (readonly [priority: number, weight: number])[]): SrvRecord[] {
  return weights.map(([priority, weight], index) => ({ priority, weight, port: 5060, target: `t${index}` }));
}

/** How often each stands first in many draws. */
function shares(all: readonly SrvRecord[], draws: number, seed: number): Map<string, number> {
  const random = seeded(seed);
  const counts = new Map(all.map(({ target }) => [target, 0]));
  for (let draw = 0; draw < draws; draw++) {
    const first = orderSrv(all, random)[0]!.target;
    counts.set(first, counts.get(first)! + 1 / draws);
  }
  return counts;
}

describe('SRV records', () => {
  it.each([1, 2, 3, 4, 5])('are drawn by their weights, whatever is drawn (seed %i)', (seed) => {
    const random = seeded(seed * 7_919);
    const all = records(...Array.from({ length: 5 }, () => [1, Math.floor(random() * 100)] as const));
    const sum = all.reduce((total, { weight }) => total + weight, 0);
    const found = shares(all, 20_000, seed);
    for (const { target, weight } of all) {
      // One more than the sum can be drawn, and the first takes it (RFC 2782).
      expect(Math.abs(found.get(target)! - weight / sum)).toBeLessThan(0.02);
    }
  });

  it('of 60, 30 and 10 get those shares', () => {
    const found = shares(records([1, 60], [1, 30], [1, 10]), 20_000, 42);
    const off = [60, 30, 10].map((share, index) => Math.abs(found.get(`t${index}`)! * 100 - share));
    expect(Math.max(...off)).toBeLessThan(2);
  });

  it('without weight are there for when nobody else is', () => {
    const found = shares(records([1, 0], [1, 100]), 20_000, 7);
    expect(found.get('t0')).toBeGreaterThan(0);
    expect(found.get('t0')).toBeLessThan(0.02);
  });

  it('all appear once, the lower priorities first, whatever is drawn', () => {
    const random = seeded(99);
    for (let run = 0; run < 500; run++) {
      const all = records(
        ...Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
          return [Math.floor(random() * 3), Math.floor(random() * 4)] as const;
        }),
      );
      const ordered = orderSrv(all, random);
      expect(ordered.map(({ target }) => target).sort()).toEqual(all.map(({ target }) => target).sort());
      const priorities = ordered.map(({ priority }) => priority);
      expect(priorities).toEqual(priorities.toSorted((a, b) => a - b));
    }
  });

  it.each([0, 0.999_999_999])('are all there when the draw is %d', (drawn) => {
    expect(orderSrv(records([1, 5], [1, 5], [1, 0]), () => drawn)).toHaveLength(3);
  });
});

describe('addresses of one name', () => {
  it('come in every order', () => {
    const random = seeded(5);
    const orders = new Set(Array.from({ length: 200 }, () => shuffle(['a', 'b', 'c'], random).join('')));
    expect([...orders].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  });
});
