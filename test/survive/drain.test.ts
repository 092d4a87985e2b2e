import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { Crowd } from './crowd.ts';
import { figure, milliseconds } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

describe('tandem drain', () => {
  it('moves the calls of a media worker without a gap', { timeout: SCENARIO }, async ({ cluster }) => {
    const crowd = await Crowd.gather(cluster, { quiet: 20, speaking: 20 });
    const leaving = cluster.media(0);
    const moved = crowd.at(leaving.address);
    expect(moved.length).toBeGreaterThan(5);
    const begun = performance.now();
    await cluster.drain(leaving, cluster.edge(0));
    const took = performance.now() - begun;
    await crowd.left(leaving.address);
    const pauses = (await crowd.pauses(begun, moved)).map(({ length }) => length);
    figure(
      `media worker drained in ${milliseconds(took)}: ${crowd.up} of 40 calls up, ${moved.length} moved, ` +
        `longest pause of audio ${milliseconds(Math.max(...pauses))}`,
    );
    expect(crowd.up).toBe(40);
    await leaving.stop();
    await crowd.conclude();
    await leaving.start();
  });

  it('lets an edge go while calls come in', { timeout: SCENARIO }, async ({ cluster }) => {
    const [leaving, heir] = [cluster.edge(0), cluster.edge(1)];
    await cluster.shared.move(leaving.host);
    const crowd = await Crowd.gather(cluster, { quiet: 40, speaking: 0 });
    const party = await Party.open(cluster, 10);
    const load = new Load(party, { rate: 20, duration: 500 });
    await expect.poll(() => load.tally.ended, { timeout: 10_000 }).toBeGreaterThan(20);
    // As keepalived does when the check of a draining edge fails.
    await cluster.shared.move(heir.host);
    await cluster.drain(leaving, heir);
    await leaving.stop();
    const before = load.tally.ended;
    await expect.poll(() => load.tally.ended, { timeout: 10_000 }).toBeGreaterThan(before + 20);
    const tally = await load.finish();
    figure(`edge drained under 20 calls/s: ${crowd.up} of 40 calls up; ${tally.summary}`);
    expect(tally.ended).toBe(tally.attempts);
    expect(crowd.up).toBe(40);
    await crowd.conclude();
    await leaving.start();
  });
});
