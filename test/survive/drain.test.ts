import { expect } from 'vitest';
import type { Node } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { acme } from '../wire/acme.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { Crowd } from './crowd.ts';
import { figure, milliseconds } from './figures.ts';
import { it as base, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

// What is asked here is done, whatever else keeps the machine busy.
const made = { tenant: acme, flags: { edge: ['--sip-shedding', 'off'] } };
const it = base.extend({ made: [made, { scope: 'file' }] });

/** Longer than a node needs to go, in milliseconds. */
const GONE = 30_000;

describe('a node that drains', () => {
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
    await expect.poll(() => load.tally.ended).toBeGreaterThan(20);
    // As keepalived does when the check of a draining edge fails.
    await cluster.shared.move(heir.host);
    await cluster.drain(leaving, heir);
    await leaving.stop();
    const before = load.tally.ended;
    await expect.poll(() => load.tally.ended).toBeGreaterThan(before + 20);
    const tally = await load.finish();
    figure(`edge drained under 20 calls/s: ${crowd.up} of 40 calls up; ${tally.summary}`);
    expect(tally.ended).toBe(tally.attempts);
    expect(crowd.up).toBe(40);
    await crowd.conclude();
    await leaving.start();
  });

  it('loses no call when it is cut short by kill -9', { timeout: SCENARIO }, async ({ cluster }) => {
    const [edge, worker] = [cluster.edge(0), cluster.media(0)];
    await cluster.shared.move(edge.host);
    const crowd = await Crowd.gather(cluster, { quiet: 20, speaking: 4 });
    for (const leaving of [edge, worker]) await amid(leaving);
    await cluster.shared.move(cluster.edge(1).host);
    await crowd.left(worker.address);
    figure(`edge and media worker killed amid their drains: ${crowd.up} of 24 calls up`);
    expect(crowd.up).toBe(24);
    await crowd.conclude();
    await Promise.all([edge.start(), worker.start()]);
  });

  it('waits until calls have ended where nobody else is, and says so', { timeout: SCENARIO }, async ({
    cluster,
  }) => {
    for (const other of [cluster.edge(1), cluster.media(1)])
      expect(await other.leave(GONE)).toMatchObject({ code: 0 });
    const last = [cluster.edge(0), cluster.media(0)] as const;
    await cluster.shared.move(last[0].host);
    const crowd = await Crowd.gather(cluster, { quiet: 2, speaking: 2 });
    const gone = last.map((node) => node.leave(GONE));
    const said = await Promise.all(last.map((node) => node.logged('nobody else of this tier is there.*')));
    expect(said).toMatchObject([
      { tier: 'edge', had: 4 },
      { tier: 'media', had: 4 },
    ]);
    const moment = performance.now();
    expect((await crowd.pauses(moment)).length).toBe(4);
    expect(crowd.up).toBe(4);
    await crowd.conclude();
    expect(await Promise.all(gone)).toMatchObject([{ code: 0 }, { code: 0 }]);
  });
});

/** Tells a node to go, and kills it as soon as it has begun to. */
async function amid(leaving: Node): Promise<void> {
  const gone = leaving.leave(GONE);
  await until(
    () => `${leaving.id} to drain`,
    async () => !(await leaving.isReady()),
  );
  await leaving.kill();
  expect(await gone).toMatchObject({ signal: 'SIGKILL' });
}
