import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Crowd } from './crowd.ts';
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
});
