import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');
const DEADLINE = 60_000;

describe('`tandem slo`', () => {
  it('places calls with audio by each address, and tells in a line that all objectives are met', {
    timeout: DEADLINE,
  }, async ({ cluster }) => {
    const target = `udp://${cluster.proxy},tcp://${cluster.proxy}`;
    const told = await cluster.command(
      'slo',
      '--target',
      target,
      '--calls',
      '8',
      '--rate',
      '4',
      '--talk',
      '1',
    );
    expect(told).toMatch(
      /^slo met calls=8 answered=100% delay-p50=\d+ms delay-p95=\d+ms delay-p99=\d+ms heard=100% loss=0% gap=\d+ms dropped=0$/,
    );
  });

  it('ends with 1 and names what is missed when calls fail', { timeout: DEADLINE }, async ({ cluster }) => {
    const workers = [cluster.media(0), cluster.media(1)];
    await Promise.all(workers.map((worker) => worker.kill()));
    const slo = cluster.run('slo', '--target', `udp://${cluster.proxy}`, '--calls', '2', '--talk', '1');
    expect((await slo.ended(DEADLINE)).code).toBe(1);
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
