import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { Crowd } from './crowd.ts';
import { figure, milliseconds, p95 } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

describe('a process that stands still', () => {
  it('is a router: its requests are answered by another', { timeout: SCENARIO }, async ({ cluster }) => {
    const party = await Party.open(cluster, 10);
    const load = new Load(party, { rate: 20, duration: 500 });
    await expect.poll(() => load.tally.ended).toBeGreaterThan(20);
    cluster.router(0).pause();
    const before = load.tally.attempts;
    await expect.poll(() => load.tally.attempts).toBeGreaterThan(before + 100);
    cluster.router(0).resume();
    await expect.poll(() => load.tally.attempts).toBeGreaterThan(before + 160);
    const tally = await load.finish();
    figure(`router paused for 5 s, 20 calls/s: ${tally.summary}`);
    expect(tally.ended).toBe(tally.attempts);
    expect(party.complaints).toEqual([]);
    expect(party.up).toBe(0);
  });

  it('is a media worker: its calls are moved as if it had died', { timeout: SCENARIO }, async ({
    cluster,
  }) => {
    const crowd = await Crowd.gather(cluster, { quiet: 20, speaking: 40 });
    const victim = cluster.media(0);
    const moved = crowd.at(victim.address);
    expect(moved.length).toBeGreaterThan(5);
    const paused = performance.now();
    victim.pause();
    await crowd.left(victim.address);
    const back = (await crowd.pauses(paused, moved)).map(({ end }) => end);
    victim.resume();
    figure(
      `media worker paused: ${crowd.up} of 60 calls up, ${moved.length} moved, audio back p95 ${milliseconds(p95(back))}, ` +
        `longest ${milliseconds(Math.max(...back))}`,
    );
    expect(crowd.up).toBe(60);
    expect(p95(back)).toBeLessThanOrEqual(1_000);
    await crowd.conclude();
  });
});
