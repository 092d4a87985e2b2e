import { describe, expect, it } from 'vitest';
import { Autoscaler, type Measured } from './autoscaler.ts';

const rules = {
  min: 2,
  max: 10,
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      { type: 'Pods', value: 4, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 60,
    policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }],
  },
} as const;

/** What is decided every 15 seconds of what is measured, where each decision is carried out at once. */
function decisions(begin: number, measured: readonly Measured[][]): number[] {
  const autoscaler = new Autoscaler(rules);
  let current = begin;
  return measured.map((each, index) => {
    current = autoscaler.decide(current, each, index * 15_000);
    return current;
  });
}

const calls = (value: number): Measured[] => [{ value, perPod: 100 }];

describe('an autoscaler', () => {
  it.each([
    [2, [200], [2]],
    [2, [215], [2]],
    [2, [230], [3]],
    [2, [900], [6]],
    [2, [900, 900], [6, 9]],
    [2, [9_000, 9_000, 9_000], [6, 10, 10]],
    [2, [0], [2]],
  ])('of %d pods and %j decides %j', (begin, values, decided) => {
    expect(decisions(begin, values.map(calls))).toEqual(decided);
  });

  it('follows the metric that asks for the most', () => {
    expect(decisions(2, [[...calls(100), { value: 3, perPod: 0.6 }]])).toEqual([5]);
  });

  it('gives up one at a time, and none before nobody has asked for it for a minute', () => {
    const values = [500, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200];
    expect(decisions(5, values.map(calls))).toEqual([5, 5, 5, 5, 4, 4, 3, 3, 2, 2, 2]);
  });
});
