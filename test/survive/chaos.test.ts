import { expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { needs } from '../harness/needs.ts';
import { figure } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

/**
 * By this seed the edge that has the address dies, a media worker is cut off, Redis is away, and the other media worker dies:
 * calls go back to the one that was cut off.
 */
const SEED = '477';
/** On a busy machine it is this process that is late; what counts is that calls outlive a death. */
const LIMITS = [
  '--min-answered=1',
  '--min-heard=0',
  '--max-delay-p95=9999',
  '--max-delay-p99=9999',
  '--max-loss=99',
  '--max-gap=9999',
];

function numberIn(line: string, name: string): number {
  return Number(new RegExp(` ${name}=(\\d+) `).exec(line)?.[1]);
}

/** Has the other edge take the address as soon as its holder is gone, as a virtual IP does. */
async function failOver(cluster: Cluster): Promise<void> {
  await cluster.edge(0).ended();
  await cluster.shared.move(cluster.edge(1).host);
}

describe('`tandem slo`', () => {
  it('places calls with audio by each address, and tells in a line that all objectives are met', {
    timeout: SCENARIO,
  }, async ({ cluster }) => {
    const target = `udp://${cluster.proxy},tcp://${cluster.proxy}`;
    const pace = ['--calls', '8', '--rate', '4', '--talk', '1'];
    const told = await cluster.command('slo', '--target', target, ...pace, ...LIMITS);
    expect(told).toMatch(
      /^slo met calls=8 answered=100% delay-p50=\d+ms delay-p95=\d+ms delay-p99=\d+ms heard=100% loss=[.\d]+% gap=\d+ms dropped=0$/,
    );
  });

  it('ends with 1 and names what is missed when calls fail', { timeout: SCENARIO }, async ({ cluster }) => {
    const workers = [cluster.media(0), cluster.media(1)];
    await Promise.all(workers.map((worker) => worker.kill()));
    const slo = cluster.run('slo', '--target', `udp://${cluster.proxy}`, '--calls', '2', '--talk', '1');
    expect((await slo.ended(SCENARIO)).code).toBe(1);
    expect(slo.transcript).toEqual([
      expect.stringMatching(/^failed calls=2 call-refused: 5\d\d /),
      'missed answered: 0%, at least 99.9% is wanted',
      'missed heard: none, at least 99.9% is wanted',
      'missed delay-p95: none, at most 1000ms is wanted',
      'missed delay-p99: none, at most 2000ms is wanted',
      'missed loss: none, at most 1% is wanted',
      'missed gap: none, at most 1000ms is wanted',
      'slo missed calls=2 answered=0% delay-p50=none delay-p95=none delay-p99=none heard=none loss=none gap=none dropped=0',
    ]);
    await Promise.all(workers.map((worker) => worker.start()));
  });
});

describe('`tandem chaos`', () => {
  it('spoils RTP by a seed: workers see what is lost, calls go on, and nobody else is blamed', {
    timeout: SCENARIO,
  }, async ({ cluster }) => {
    const lost = (): Promise<number> => cluster.sum('media', 'tandem_media_lost_packets');
    const before = await lost();
    const what = ['--kills', '0', '--cuts', '0', '--spoils', '1', '--for', '1', '--seed', '5'];
    const pace = ['--every', '2', '--rate', '2', '--talk', '2'];
    const target = ['--target', `udp://${cluster.proxy}`];
    const told = await cluster.command('chaos', ...target, ...what, ...pace, ...LIMITS);
    const spoiled = told.split('\n').find((line) => line.startsWith('spoiled ')) ?? '';
    figure(spoiled);
    const [withheld, repeated] = ['withheld', 'repeated'].map((name) => numberIn(spoiled, name));
    expect(withheld).toBeGreaterThan(0);
    // What is lost at the end of a call nobody sees: nothing follows. A copy makes up for one that is lost (RFC 3550 A.3).
    expect((await lost()) - before).toBeGreaterThanOrEqual(0.7 * (withheld! - repeated!));
    expect(told).toMatch(/^chaos seed=5 planned=1 done=1$/m);
    expect(told).toMatch(/^slo met calls=8 .* dropped=0$/m);
  });

  it('kills and cuts by a seed while calls go on: none is dropped, and each disturbance is told with its cost', {
    timeout: SCENARIO,
  }, async ({ cluster }) => {
    const nodes = cluster.nodes.map(({ tier, pid }) => `${tier}:${pid}`);
    const processes = [...nodes, `redis:${cluster.servers.redis.pid}`].join();
    const whom = ['--target', `udp://${cluster.proxy}`, '--processes', processes, '--seed', SEED];
    const what = [
      '--parts',
      'edge,media,redis',
      '--kills',
      '2',
      '--cuts',
      '2',
      '--spoils',
      '0',
      '--for',
      '1.7',
    ];
    const pace = ['--every', '3.5', '--rate', '2', '--talk', '4'];
    const [told] = await Promise.all([
      cluster.command('chaos', ...whom, ...what, ...pace, ...LIMITS),
      failOver(cluster),
    ]);
    const lines = told.split('\n');
    for (const line of lines) figure(line);
    const cost = 'up=[1-9]\\d* refused=\\d+ dropped=0 gap=\\d+ms recovery=\\d+ms$';
    const away = (by: string): string => `by=${by} for=[.\\d]+s ${cost}`;
    expect(lines.filter((line) => /^(chaos|killed|cut|expected) /.test(line))).toEqual([
      `chaos seed=${SEED} planned=4 done=4`,
      expect.stringMatching(`^killed at=\\S+s part=edge node=edge-1 ${cost}`),
      expect.stringMatching(`^cut at=\\S+s part=media node=media-1 ${away('iptables')}`),
      expect.stringMatching(`^cut at=\\S+s part=redis node=redis-1 ${away('SIGSTOP')}`),
      expect.stringMatching(`^killed at=\\S+s part=media node=media-2 ${cost}`),
      'expected redis away: calls go on, and new ones to who was called within the last minute',
    ]);
    expect(lines.at(-1)).toMatch(/^slo met calls=35 /);
  });
});
