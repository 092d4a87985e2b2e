import { describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { deletionCost, type Holding, KeptDeletionCost } from './deletion-cost.ts';
import type { ObjectPlace } from './place.ts';

describe('what it costs to remove a pod', () => {
  it.each([
    [0, 0],
    [1, 1],
    [99, 99],
    [100, 100],
    [109, 100],
    [1_234, 1_200],
    [99_999, 99_000],
  ])('is for %d calls %d', (calls, cost) => {
    expect(deletionCost({ calls, isDraining: false })).toBe(cost);
  });

  it('is lower than any other while it drains, by calls among those that do', () => {
    const costs = [200_000, 3, 0].map((calls) => deletionCost({ calls, isDraining: true }));
    expect(Math.max(...costs)).toBeLessThan(0);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    expect(costs[2]).toBe(-2_147_483_648);
  });
});

describe('the kept cost', () => {
  const told: unknown[] = [];
  const lines: string[] = [];

  /** Keeps the cost of a pod, and tells it to who fails as often as `failures` says. */
  function keep(holding: () => Holding, failures: number = 0): KeptDeletionCost {
    told.length = 0;
    lines.length = 0;
    let left = failures;
    const patch = async (place: ObjectPlace, change: unknown): Promise<void> => {
      if (left-- > 0) throw new Error('forbidden');
      told.push([place.name, change]);
    };
    const log = createLog({ level: 'info', node: 'n', destination: { write: (line) => lines.push(line) } });
    const kept = new KeptDeletionCost({
      kubernetes: { namespace: 'ns', patch },
      pod: 'edge-0',
      holding,
      log,
    });
    kept.close();
    return kept;
  }

  const annotated = (cost: string): unknown => [
    'edge-0',
    { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } } },
  ];

  it('is told from the start, for what was told of the pod before is of another process', async () => {
    await keep(() => ({ calls: 0, isDraining: false })).look();
    expect(told).toEqual([annotated('0')]);
  });

  it('is told again when it has changed, and then alone', async () => {
    let calls = 7;
    const kept = keep(() => ({ calls, isDraining: false }));
    await kept.look();
    await kept.look();
    calls = 8;
    await kept.look();
    expect(told).toEqual([annotated('7'), annotated('8')]);
  });

  it('is told later when it could not be, which is logged once', async () => {
    const kept = keep(() => ({ calls: 7, isDraining: false }), 2);
    for (let look = 0; look < 4; look++) await kept.look();
    expect(told).toEqual([annotated('7')]);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'what it costs to remove this pod cannot be told',
      'what it costs to remove this pod is told again',
    ]);
  });
});
