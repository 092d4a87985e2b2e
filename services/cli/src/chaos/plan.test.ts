import { describe, expect, it } from 'vitest';
import { planOf } from './plan.ts';

const options = { tiers: ['edge', 'router', 'media'], kills: 9, every: 10_000 } as const;

describe('a plan of deaths', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(planOf(7, options)).toEqual(planOf(7, options));
    const plans = new Set(Array.from({ length: 50 }, (_, seed) => JSON.stringify(planOf(seed, options))));
    expect(plans.size).toBe(50);
  });

  it('begins alike however many there are', () => {
    expect(planOf(7, { ...options, kills: 4 })).toEqual(planOf(7, options).slice(0, 4));
  });

  it('gives each tier its turn before one has another', () => {
    const tiers = planOf(3, options).map(({ tier }) => tier);
    for (const round of [0, 3, 6]) expect(new Set(tiers.slice(round, round + 3)).size).toBe(3);
  });

  it('leaves three quarters of the time at least between two deaths', () => {
    for (let seed = 0; seed < 50; seed++) {
      const times = planOf(seed, options).map(({ at }) => at);
      const between = times.map((at, index) => at - (times[index - 1] ?? 0));
      expect(Math.min(...between)).toBeGreaterThanOrEqual(7_500);
      expect(Math.max(...between)).toBeLessThanOrEqual(12_500);
    }
  });
});
