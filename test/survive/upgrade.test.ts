import { expect } from 'vitest';
import type { Node, Tier } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { acme } from '../wire/acme.ts';
import { AddressWatch } from './address-watch.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { Crowd } from './crowd.ts';
import { figure, milliseconds, p95 } from './figures.ts';
import { it as base } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

/** What two noisy processors hold with two generations of a cluster and its phones on them; more by ROLL_…. */
const RATE = Number(process.env.ROLL_RATE ?? 10);
const CALLS = Number(process.env.ROLL_CALLS ?? 30);
const NODES = Number(process.env.ROLL_NODES ?? 1);
/** How many of the calls speak all the time. */
const SPEAKING = Math.min(20, Math.ceil(CALLS / 5));
const TALK = 2_000;
/** Longer than a drain takes that hands over all it has, in milliseconds. */
const GONE = 120_000;
const TAKEN = 10_000;

const trunk = { carrier: { contacts: ['sip:192.0.2.1:5060'], probe: { interval: 0 } } };
const it = base.extend({
  made: [
    {
      tenant: { ...acme, more: { Trunk: trunk } },
      // What is asked here is done, whatever else keeps the machine busy.
      flags: { edge: ['--sip-shedding', 'off'] },
      counts: { edge: NODES, router: NODES, media: NODES, trunk: NODES },
    },
    { scope: 'file' },
  ],
});

/** Starts a node, and has another one go as Kubernetes does: SIGTERM, and time. */
async function replace(leaving: Node, coming: Node): Promise<void> {
  await coming.start();
  const told = performance.now();
  expect(await leaving.leave(GONE)).toEqual({ code: 0, signal: null });
  figure(`  ${leaving.id} gone after ${milliseconds(performance.now() - told)}, for ${coming.id}`);
  // A warning says that something was left.
  expect(leaving.logs().filter(({ msg }) => String(msg).startsWith('drained'))).toEqual([]);
}

/** One node after the other of a tier, each by one that has just come. */
async function roll(tier: Tier, generations: readonly (readonly [Node, Node])[]): Promise<void> {
  for (const [leaving, coming] of generations.filter(([{ tier: each }]) => each === tier)) {
    await replace(leaving, coming);
    if (tier === 'trunk') await kept(coming);
  }
}

async function kept(owner: Node): Promise<void> {
  const owners = async () => {
    const rows = JSON.parse(await owner.ask('trunks', '-o', 'json')) as { owner: string }[];
    return rows.map((row) => row.owner);
  };
  const isIts = async () => NODES > 1 || (await owners()).includes(owner.id);
  await until(() => `the trunk to be that of ${owner.id}`, isIts, TAKEN);
}

describe('a rolling upgrade', () => {
  it('and the way back lose no call, also when two tiers go at once (B-02)', { timeout: 900_000 }, async ({
    cluster,
  }) => {
    const before = [...cluster.nodes];
    const forward = await Promise.all(
      before.map(
        async (node, index) => [node, await cluster.add(node.tier, `${node.tier}-n${index}`)] as const,
      ),
    );
    const back = forward.map(([old, fresh]) => [fresh, old] as const);
    const crowd = await Crowd.gather(cluster, { quiet: CALLS - SPEAKING, speaking: SPEAKING });
    const watch = AddressWatch.begin(cluster);
    const load = new Load(await Party.open(cluster, 10), { rate: RATE, duration: TALK });
    const begun = performance.now();
    for (const tier of ['router', 'media', 'edge', 'trunk'] as const) await roll(tier, forward);
    figure(`  forward: ${crowd.up} of ${CALLS} calls up; ${load.tally.summary}`);
    await Promise.all([roll('edge', back), roll('media', back)]);
    await Promise.all([roll('router', back), roll('trunk', back)]);
    const tally = await load.finish();
    const pauses = (await crowd.pauses(begun)).map(({ length }) => length);
    figure(
      `every tier replaced and replaced back under ${RATE} calls/s in ${milliseconds(performance.now() - begun)}: ` +
        `${crowd.up} of ${CALLS} calls up; ${tally.summary}; longest pause of audio ${milliseconds(Math.max(...pauses))}, ` +
        `p95 ${milliseconds(p95(pauses))}`,
    );
    await watch.end();
    expect(tally.ended).toBe(tally.attempts);
    expect(crowd.up).toBe(CALLS);
    await crowd.conclude();
  });
});
