import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';

const describe = needs('namespace');

const FUZZER = join(import.meta.dirname, '../fuzz/edge.ts');
const seconds = 60;

describe('an edge that gets what no phone sends', () => {
  it('answers all the time, and grows no larger', { timeout: 2 * seconds * 1000 }, async ({ live }) => {
    const { network, tandem } = live;
    const fuzzer = await network.host('fuzzer');
    const targets = ['udp', 'tcp'].flatMap((transport) => ['--target', `${transport}://${tandem.proxy}`]);
    const options = Object.entries({ pid: tandem.pid, seconds, rate: 300, seed: 1, growth: 128 });
    const fuzz = fuzzer.spawn([
      ...([process.execPath, FUZZER] as const),
      ...targets,
      ...options.flatMap(([name, value]) => [`--${name}`, String(value)]),
    ]);
    const { code } = await fuzz.ended(1.5 * seconds * 1000);
    expect(code, fuzz.transcript.join('\n')).toBe(0);
    expect((await tandem.http('/livez')).status).toBe(200);
    expect(tandem.logs().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
