import { expect } from 'vitest';
import type { Cluster, Node } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { acme } from '../wire/acme.ts';
import { Refused } from './agent/agent.ts';
import type { Conversation } from './agent/conversation.ts';
import { Party } from './agent/party.ts';
import { figure, milliseconds } from './figures.ts';
import { it as base, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

const PLACES = 10;
const ATTEMPTS = 40;
/** Within which the calls of a dead edge are somebody else's. */
const ADOPTED = 10_000;

const it = base.extend({ made: [{ tenant: { ...acme, limits: { maxCalls: PLACES } } }, { scope: 'file' }] });

function partyAt({ network }: Cluster, edge: Node, answers = true): Promise<Party> {
  return Party.open({ network, proxy: sipOf(edge) }, 5, { answers });
}

function sipOf({ address }: Node): string {
  return `${address}:5060`;
}

/** Attempts at the same time, spread over parties: those that came about, and why the others did not. */
async function rush(...parties: readonly Party[]): Promise<{ calls: Conversation[]; refusals: unknown[] }> {
  const attempts = Array.from({ length: ATTEMPTS }, (_, index) => parties[index % parties.length]!.call());
  const settled = await Promise.allSettled(attempts);
  return {
    calls: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    refusals: settled.flatMap((one) => (one.status === 'rejected' ? [statusOf(one.reason)] : [])),
  };
}

function statusOf(reason: unknown): unknown {
  return reason instanceof Refused ? reason.status : reason;
}

async function endAll(calls: readonly Conversation[]): Promise<void> {
  expect(await Promise.all(calls.map((call) => call.end('callee')))).toEqual(calls.map(() => 200));
}

describe('the calls of a tenant at a time', () => {
  it('are as many as it may have over all edges, exactly', { timeout: SCENARIO }, async ({ cluster }) => {
    const parties = [await partyAt(cluster, cluster.edge(0)), await partyAt(cluster, cluster.edge(1))];
    for (const round of ['first', 'second']) {
      const { calls, refusals } = await rush(...parties);
      figure(`limit of ${PLACES}, ${round} ${ATTEMPTS} attempts over two edges: ${calls.length} up`);
      expect(calls.length).toBe(PLACES);
      expect(refusals).toEqual(Array.from({ length: ATTEMPTS - PLACES }, () => 480));
      await endAll(calls);
    }
  });

  it('keep their places when their edge is killed, and free them at their end', {
    timeout: SCENARIO,
  }, async ({ cluster }) => {
    const [dying, living] = [cluster.edge(0), cluster.edge(1)];
    const parties = [await partyAt(cluster, dying), await partyAt(cluster, living)] as const;
    const { calls } = await rush(...parties);
    expect(calls.length).toBe(PLACES);
    await dying.kill();
    for (const agent of parties[0].agents) agent.moveTo(sipOf(living));
    await expect(parties[1].call()).rejects.toMatchObject({ status: 480 });
    await endAll(calls);
    const again = await rush(parties[1]);
    figure(
      `limit of ${PLACES}, one of two edges killed: ${again.calls.length} up after the end of its calls`,
    );
    expect(again.calls.length).toBe(PLACES);
    await endAll(again.calls);
    await dying.start();
  });

  it('leave their places when they rang at an edge that is killed', { timeout: SCENARIO }, async ({
    cluster,
  }) => {
    const [dying, living] = [cluster.edge(0), cluster.edge(1)];
    const [ringing, other] = [await partyAt(cluster, dying, false), await partyAt(cluster, living)];
    const gone = Promise.allSettled(Array.from({ length: PLACES }, () => ringing.call()));
    await until(
      () => `${ringing.ringing} of ${PLACES} ring`,
      () => ringing.ringing === PLACES,
    );
    await expect(other.call()).rejects.toMatchObject({ status: 480 });
    const killed = performance.now();
    await dying.kill();
    const isFree = async () => (await other.call().then((call) => call.end('caller'), statusOf)) === 200;
    await until(() => 'a place of a call that rang', isFree, ADOPTED);
    figure(
      `limit of ${PLACES}, edge killed as ${PLACES} rang: a place free after ${milliseconds(performance.now() - killed)}`,
    );
    await gone;
    const { calls } = await rush(other);
    expect(calls.length).toBe(PLACES);
    await endAll(calls);
    await dying.start();
  });
});
