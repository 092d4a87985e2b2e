import { expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { needs } from '../harness/needs.ts';
import { figure } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

/** By this seed a media worker dies first, and then the edge that has the address. */
const SEED = '4';
/** On a busy machine it is this process that is late; what counts is that calls outlive a death, not when. */
const LIMITS = [
  '--min-answered=80',
  '--min-heard=0',
  '--max-delay-p95=9999',
  '--max-delay-p99=9999',
  '--max-loss=99',
  '--max-gap=9999',
];

/** Has the other edge take the address as soon as its holder is gone, as a virtual IP does. */
async function failOver(cluster: Cluster): Promise<void> {
  await cluster.edge(0).ended();
  await cluster.shared.move(cluster.edge(1).host);
}

describe('`tandem chaos`', () => {
  it('kills by a seed while calls go on: none is dropped, and each death is told with its cost', {
    timeout: SCENARIO,
  }, async ({ cluster }) => {
    const processes = cluster.nodes.map(({ tier, pid }) => `${tier}:${pid}`).join();
    const whom = ['--target', `udp://${cluster.proxy}`, '--processes', processes, '--seed', SEED];
    const pace = ['--kills', '2', '--every', '6', '--rate', '2', '--talk', '4'];
    const [told] = await Promise.all([
      cluster.command('chaos', ...whom, ...pace, ...LIMITS),
      failOver(cluster),
    ]);
    const lines = told.split('\n');
    for (const line of lines) figure(line);
    expect(lines.filter((line) => /^(chaos|killed) /.test(line))).toEqual([
      'chaos seed=4 planned=2 killed=2',
      expect.stringMatching(
        /^killed at=\S+s tier=media node=media-2 up=\d+ refused=\d+ dropped=0 gap=\d+ms$/,
      ),
      expect.stringMatching(/^killed at=\S+s tier=edge node=edge-1 up=\d+ refused=\d+ dropped=0 gap=\d+ms$/),
    ]);
    expect(lines.at(-1)).toMatch(/^slo met calls=36 /);
  });
});
