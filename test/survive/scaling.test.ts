import { expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { scalingsOf } from '../harness/scaling/of-chart.ts';
import { ScaledCluster } from '../harness/scaling/scaled-cluster.ts';
import { acme } from '../wire/acme.ts';
import { figure } from './figures.ts';
import { SCENARIO } from './fixture.ts';
import { ramp } from './ramp.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd', 'helm', 'prometheus');

/** Calls that are up all the time. */
const HELD = 6;

/** As in the chart, but for figures that a test machine reaches, and times that a test has. */
const values = {
  'scaling.window': '5s',
  'scaling.edge.min': 1,
  'scaling.edge.max': 3,
  'scaling.edge.calls': { perPod: 40, buffer: 10 },
  'scaling.edge.callsPerSecond': { perPod: 15, buffer: 5 },
  'scaling.edge.occupancy.perPod': 0,
  'scaling.edge.eventLoopDelay.perPod': 0,
  'scaling.router.min': 1,
  'scaling.router.max': 2,
  'scaling.router.decisionsPerSecond': { perPod: 30, buffer: 0 },
  'scaling.router.eventLoopDelay.perPod': 0,
  'scaling.media.min': 1,
  'scaling.media.max': 3,
  'scaling.media.sessions': { perPod: 40, buffer: 10 },
  'scaling.media.eventLoopDelay.perPod': 0,
  'scaling.behavior.scaleUp.policies': [{ type: 'Pods', value: 2, periodSeconds: 1 }],
  'scaling.behavior.scaleDown.stabilizationWindowSeconds': 4,
  'scaling.behavior.scaleDown.policies': [{ type: 'Pods', value: 1, periodSeconds: 1 }],
};

describe('pods that come and go with calls, by the rules of the chart', () => {
  it('follow nine times the load and back, and cut no call', { timeout: 2 * SCENARIO }, async () => {
    const scaled = await ScaledCluster.start('scaling', { tenant: acme, scalings: await scalingsOf(values) });
    const { loop } = scaled;
    try {
      const { complaints, high, low, up } = await ramp(scaled, {
        ...{ base: 3, peak: 24, talk: 3_000, stay: 0, pairs: 20, held: HELD },
        least: { edge: 1, router: 1, media: 1 },
        most: { edge: 3, router: 2, media: 3 },
        follows: 60_000,
      });
      figure(
        `3, 27, 3 calls/s, pods 1 to 3 to 1: ${up} of ${HELD} calls up all the time; ` +
          `edges went with ${loop.costs('edge').join(' and ')} calls, media workers with ${loop.costs('media').join(' and ')}; ` +
          `at the peak ${high.summary}; besides ${low.summary}`,
      );
      expect([high.unanswered, low.unanswered]).toEqual([0, 0]);
      expect(high.ended + low.ended).toBe(high.attempts + low.attempts);
      expect(up).toBe(HELD);
      // Those that went had told of their calls, and those were given to others.
      for (const tier of ['edge', 'media'] as const) {
        expect(loop.costs(tier).length).toBeGreaterThan(1);
        expect(Math.max(...loop.costs(tier))).toBeGreaterThan(0);
      }
      expect(complaints).toEqual([]);
    } finally {
      await scaled.close();
    }
  });
});
