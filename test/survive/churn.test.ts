import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cluster, Node } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { GIVE_UP } from './agent/transaction.ts';
import { endsByCallId } from './events.ts';
import { figure } from './figures.ts';
import { it } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

/** What two noisy processors hold with a whole cluster and its phones on them; more by SURVIVE_RATE. */
const RATE = Number(process.env.SURVIVE_RATE ?? 20);
const TALK = 2_000;
/** How often each tier loses a process: each of its two once, or more by SURVIVE_ROUNDS. */
const ROUNDS = Number(process.env.SURVIVE_ROUNDS ?? 2);
/** Milliseconds from one death to the next. */
const PERIOD = 10_000;
/**
 * How many calls may not come about: one in a thousand, or at low rates one for each death of an edge, which takes with it
 * what it has passed on and not answered yet.
 */
const lost = (attempts: number): number => Math.max(0.001 * attempts, ROUNDS);
/** Until the end of a call is told that an edge left behind. */
const TOLD = 10_000;
/** As many of the rules that were broken as are worth reading. */
const SHOWN = 20;
/** Calls by way of each edge before it is about deaths: none of them is at its slowest then. */
const WARM = 100;

/** Who dies next: each tier in turn, and of each tier one after the other; of the edges the one that has the address. */
function* victims(cluster: Cluster): Generator<Node> {
  for (let round = 0; round < ROUNDS; round += 1) {
    yield holder(cluster);
    yield cluster.router(round % 2);
    yield cluster.media(round % 2);
  }
}

/** Has each edge carry calls once. */
async function warm(cluster: Cluster, party: Party): Promise<void> {
  for (const edge of [cluster.edge(1), cluster.edge(0)]) {
    await cluster.shared.move(edge.host);
    const calls = await party.hold(WARM, 5);
    await Promise.all(calls.map((call) => call.end('caller')));
  }
}

/** How often the end of each call is told, once all are or nobody will any more. */
async function timesTold(cluster: Cluster, callIds: readonly string[]): Promise<number[]> {
  let told: number[] = [];
  const isTold = async () => {
    const ends = await endsByCallId(cluster.servers.nats.url);
    told = callIds.map((callId) => ends.get(callId) ?? 0);
    return !told.includes(0);
  };
  await until(() => 'all ends to be told', isTold, TOLD).catch(() => undefined);
  return told;
}

function holder(cluster: Cluster): Node {
  return [cluster.edge(0), cluster.edge(1)].find(({ host }) => host === cluster.shared.holder)!;
}

async function bury(cluster: Cluster, victim: Node): Promise<void> {
  await victim.kill();
  const heir = [cluster.edge(0), cluster.edge(1)].find((edge) => edge !== victim)!;
  if (victim.tier === 'edge') await cluster.shared.move(heir.host);
  await victim.start();
}

describe('calls at a steady rate', () => {
  it('come about while one process after another is killed', {
    timeout: 120_000 + 3 * ROUNDS * PERIOD,
  }, async ({ cluster }) => {
    const party = await Party.open(cluster, 20);
    await warm(cluster, party);
    const load = new Load(party, { rate: RATE, duration: TALK });
    for (const victim of victims(cluster)) {
      const [, before] = [await delay(PERIOD / 2), load.tally.summary];
      const due = delay(PERIOD / 2);
      await bury(cluster, victim);
      await due;
      figure(`  ${victim.id} killed: before ${before}; after ${load.tally.summary}`);
    }
    const tally = await load.finish();
    // A callee that was never acknowledged gives up by itself.
    await until(
      () => `${party.up} sides hang`,
      () => party.up === 0,
      3 * GIVE_UP,
    );
    const share = ((100 * tally.unanswered) / tally.attempts).toFixed(3);
    figure(
      `a process of each tier in turn killed every 10 s, ${RATE} calls/s: ${share} % not set up; ${tally.summary}`,
    );
    for (const complaint of party.complaints.slice(0, SHOWN)) figure(`  ${complaint}`);
    const told = await timesTold(cluster, tally.callIds);
    const [never, often] = [told.filter((times) => times === 0), told.filter((times) => times > 1)];
    figure(
      `  of ${told.length} calls the end of ${never.length} is never told, of ${often.length} more than once`,
    );
    const sessions = () => cluster.sum('media', 'tandem_media_sessions');
    figure(`  ${await sessions()} media sessions are left of ${tally.attempts} calls`);
    expect(tally.unanswered).toBeLessThanOrEqual(lost(tally.attempts));
    expect(tally.answered - tally.ended).toBe(0);
    expect(often).toEqual([]);
    expect(never).toEqual([]);
  });
});
