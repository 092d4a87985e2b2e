import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Crowd } from './crowd.ts';
import { figure, milliseconds, p95 } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

describe('a media worker that is killed', () => {
  it('leaves its calls to another: all stay up, audio is back within a second', { timeout: SCENARIO }, async ({
    cluster,
  }) => {
    const crowd = await Crowd.gather(cluster, { quiet: 160, speaking: 40 });
    const victim = cluster.media(0);
    const moved = crowd.at(victim.address);
    expect(moved.length).toBeGreaterThan(20);
    const killed = performance.now();
    await victim.kill();
    await crowd.left(victim.address);
    const back = (await crowd.pauses(killed, moved)).map(({ end }) => end);
    figure(
      `media worker killed: ${crowd.up} of 200 calls up, ${moved.length} moved, audio back p95 ${milliseconds(p95(back))}, ` +
        `longest ${milliseconds(Math.max(...back))}`,
    );
    expect(crowd.up).toBe(200);
    expect(p95(back)).toBeLessThanOrEqual(1_000);
    await crowd.conclude();
    await victim.start();
  });
});
