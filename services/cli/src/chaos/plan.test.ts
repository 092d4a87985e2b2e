import { describe, expect, it } from 'vitest';
import { planOf } from './plan.ts';

const parts = ['edge', 'router', 'media'] as const;
const options = { parts, counts: { kill: 9, cut: 3, spoil: 2 }, every: 10_000 };

describe('a plan of disturbances', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(planOf(7, options)).toEqual(planOf(7, options));
    const plans = new Set(Array.from({ length: 50 }, (_, seed) => JSON.stringify(planOf(seed, options))));
    expect(plans.size).toBe(50);
  });

  it('begins alike however many there are', () => {
    expect(planOf(7, { ...options, counts: { ...options.counts, kill: 4 } })).toEqual(
      planOf(7, options).slice(0, 9),
    );
  });

  it('gives each kind its turn before one has another, as long as there are any of it', () => {
    const kinds = planOf(3, options).map(({ kind }) => kind);
    for (const turn of [0, 3])
      expect(kinds.slice(turn, turn + 3).toSorted()).toEqual(['cut', 'kill', 'spoil']);
    expect(kinds.slice(6, 8).toSorted()).toEqual(['cut', 'kill']);
    expect(new Set(kinds.slice(8))).toEqual(new Set(['kill']));
  });

  it('has each part killed, and cut off, before one is again', () => {
    const plan = planOf(3, options);
    const of = (kind: string) =>
      plan.flatMap((each) => (each.kind === kind && 'part' in each ? each.part : []));
    for (const turn of [0, 3, 6]) expect(new Set(of('kill').slice(turn, turn + 3)).size).toBe(3);
    expect(new Set(of('cut')).size).toBe(3);
  });

  it('leaves three quarters of the time at least between two', () => {
    for (let seed = 0; seed < 50; seed++) {
      const times = planOf(seed, options).map(({ at }) => at);
      const between = times.map((at, index) => at - (times[index - 1] ?? 0));
      expect(Math.min(...between)).toBeGreaterThanOrEqual(7_500);
      expect(Math.max(...between)).toBeLessThanOrEqual(12_500);
    }
  });
});
