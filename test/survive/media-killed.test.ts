import { expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { needs } from '../harness/needs.ts';
import { Crowd } from './crowd.ts';
import { figure, milliseconds, p95 } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';
import { Held } from './held.ts';
import { Speakers } from './speakers.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd', 'sipp', 'baresip');

/** 200 calls of three makes of phones. */
async function gather(cluster: Cluster): Promise<[Crowd, Held, readonly Speakers[]]> {
  const crowd = await Crowd.gather(cluster, { quiet: 148, speaking: 40 });
  const speakers = await Promise.all([Speakers.connect(cluster), Speakers.connect(cluster)]);
  return [crowd, await Held.begin(cluster, 10), speakers];
}

describe('a media worker that is killed', () => {
  it('leaves its calls to another: all stay up, audio is back within a second', {
    timeout: SCENARIO,
  }, async ({ cluster }) => {
    const [crowd, held, speakers] = await gather(cluster);
    const victim = cluster.media(0);
    const moved = crowd.at(victim.address);
    expect(moved.length).toBeGreaterThan(20);
    const killed = performance.now();
    await victim.kill();
    await crowd.left(victim.address);
    const back = (await crowd.pauses(killed, moved)).map(({ end }) => end);
    await Promise.all(speakers.map((pair) => pair.expectHeard()));
    figure(
      `media worker killed: ${crowd.up + speakers.length} of 190 calls up, ${moved.length} moved, audio back ` +
        `p95 ${milliseconds(p95(back))}, longest ${milliseconds(Math.max(...back))}`,
    );
    expect(crowd.up).toBe(188);
    expect(p95(back)).toBeLessThanOrEqual(1_000);
    await crowd.conclude();
    await Promise.all(speakers.map((pair) => pair.conclude()));
    const { successful } = await held.conclude();
    figure(`media worker killed: ${successful} of 10 calls of sipp changed and ended as they should`);
    expect(successful).toBe(10);
    await victim.start();
  });
});
