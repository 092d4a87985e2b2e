/**
 * Edges, routers and media workers that come and go with calls, by the rules of the chart and what Prometheus scrapes of them.
 * Exits with 1 when one in a thousand calls is not set up, or one is cut. `node loadtest/scaling.ts --base 10 --peak 200`; as
 * root, with helm and prometheus; two minutes.
 */
import { parseArgs } from 'node:util';
import { scalingsOf } from '../test/harness/scaling/of-chart.ts';
import { ScaledCluster } from '../test/harness/scaling/scaled-cluster.ts';
import { ramp } from '../test/survive/ramp.ts';
import { acme } from '../test/wire/acme.ts';
import { insideNamespace, say } from './measure.ts';

const { values } = parseArgs({
  options: {
    /** Calls a second before and after, and at the peak. */
    base: { type: 'string', default: '10' },
    peak: { type: 'string', default: '200' },
    /** That each lasts. */
    seconds: { type: 'string', default: '5' },
    /** That the peak goes on when all pods are there. */
    stay: { type: 'string', default: '20' },
    /** Of edges and of media workers, at the peak. */
    pods: { type: 'string', default: '4' },
  },
});
const [base, peak] = [Number(values.base), Number(values.peak)];
const talk = Number(values.seconds) * 1_000;
const pods = Number(values.pods);
const held = 50;
/** Half a pod less than as many as there shall be, so that these are enough. */
const perPod = Math.ceil((peak * Number(values.seconds) + held) / (pods - 0.5));
const mostLost = 0.001;
const none = { perPod: 0, buffer: 0 };

async function main(): Promise<boolean> {
  const scalings = await scalingsOf({
    'scaling.window': '10s',
    'scaling.edge': {
      min: 1,
      max: pods,
      calls: { perPod, buffer: 0 },
      callsPerSecond: none,
      occupancy: none,
      eventLoopDelay: none,
    },
    'scaling.router': {
      min: 1,
      max: 2,
      decisionsPerSecond: { perPod: peak, buffer: 0 },
      eventLoopDelay: none,
    },
    'scaling.media': { min: 1, max: pods, sessions: { perPod, buffer: 0 }, eventLoopDelay: none },
    'scaling.behavior.scaleUp.policies': [{ type: 'Pods', value: 1, periodSeconds: 2 }],
    'scaling.behavior.scaleDown.stabilizationWindowSeconds': 10,
    'scaling.behavior.scaleDown.policies': [{ type: 'Pods', value: 1, periodSeconds: 5 }],
  });
  const scaled = await ScaledCluster.start('scaling', { tenant: acme, scalings });
  try {
    const { complaints, high, low, up } = await ramp(scaled, {
      ...{ base, peak: peak - base, talk, held, stay: Number(values.stay) * 1_000 },
      pairs: 100,
      least: { edge: 1, router: 1, media: 1 },
      most: { edge: pods, router: 2, media: pods },
      follows: 120_000,
    });
    const attempts = high.attempts + low.attempts;
    const lost = high.unanswered + low.unanswered;
    const cut = high.answered + low.answered - high.ended - low.ended;
    say(`${base}, ${peak}, ${base} calls/s, edges and media workers 1 to ${pods} to 1:`);
    say(
      `${attempts} calls, ${lost} not set up (${((100 * lost) / attempts).toFixed(3)} %), ${cut} cut; ${up} of ${held} up all the time`,
    );
    say(
      `edges went with ${scaled.loop.costs('edge').join(', ')} calls, media workers with ${scaled.loop.costs('media').join(', ')}`,
    );
    say(`at the peak ${high.summary}; besides ${low.summary}`);
    for (const complaint of complaints.slice(0, 20)) say(`  ${complaint}`);
    return lost <= mostLost * attempts && cut === 0 && up === held && complaints.length === 0;
  } finally {
    await scaled.close();
  }
}

if (insideNamespace()) process.exitCode = (await main()) ? 0 : 1;
