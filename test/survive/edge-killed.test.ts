import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { nextAccount } from '../wire/acme.ts';
import { connect, hangUp } from '../wire/call.ts';
import { Phone } from '../wire/phone.ts';
import { Crowd } from './crowd.ts';
import { endsByCallId } from './events.ts';
import { figure, milliseconds } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

describe('an edge that is killed', () => {
  it('leaves its calls to the one that takes over the address', { timeout: SCENARIO }, async ({
    cluster,
  }) => {
    const crowd = await Crowd.gather(cluster, { quiet: 180, speaking: 20 });
    const killed = performance.now();
    await cluster.edge(0).kill();
    await cluster.shared.move(cluster.edge(1).host);
    const pauses = (await crowd.pauses(killed)).map(({ length }) => length);
    figure(
      `edge killed: ${crowd.up} of 200 calls up, longest pause of audio ${milliseconds(Math.max(...pauses))}`,
    );
    expect(crowd.up).toBe(200);
    await crowd.conclude();
    figure(
      'edge killed: each of 200 calls changed and ended with 200 at the other edge, one end told of each',
    );
    await cluster.edge(0).start();
  });

  it('while NATS is away has the ends of its calls told by another one', { timeout: SCENARIO }, async ({
    cluster,
  }) => {
    const { network, servers } = cluster;
    const line = { transport: 'udp', local: network.gateway, remote: cluster.edge(0).address } as const;
    const [caller, callee] = [await Phone.open(nextAccount(), line), await Phone.open(nextAccount(), line)];
    await callee.register();
    const call = await connect(caller, callee);
    await servers.nats.stop();
    await hangUp(call, callee);
    await until(
      () => 'the end of the call at its edge',
      async () => sumOf(await seriesOf(cluster.edge(0)), 'tandem_calls_ended_total') === 1,
    );
    await cluster.edge(0).kill();
    for (const phone of [caller, callee]) phone.close();
    await servers.nats.restart();
    const ends = async (): Promise<number | undefined> =>
      (await endsByCallId(servers.nats.url)).get(call.caller.callId);
    await until(
      () => 'the end of the call',
      async () => (await ends()) !== undefined,
      15_000,
    );
    expect(await ends()).toBe(1);
    await until(
      () => 'no media session',
      async () => (await cluster.sum('media', 'tandem_media_sessions')) === 0,
    );
    figure('edge killed while NATS is away: the end of its call is told once, and its media session closed');
    await cluster.edge(0).start();
  });
});
