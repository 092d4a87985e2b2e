import { join } from 'node:path';
import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Tandem } from '../harness/tandem.ts';
import { acme } from './acme.ts';
import { ports } from './everywhere.ts';

const describe = needs('namespace');

const FUZZER = join(import.meta.dirname, '../fuzz/edge.ts');
const seconds = 60;
const transports = ['udp', 'tcp', 'ws'] as const;

describe('an edge that gets what no phone sends', () => {
  it('answers all the time, and grows no larger', { timeout: 2 * seconds * 1000 }, async ({ network }) => {
    const host = await network.host('tandem');
    const targets = transports.map((each) => `${each}://${host.address}:${ports[each]}`);
    const tandem = await Tandem.start(host, acme, ['--sip-listen', targets.join()]);
    const fuzzer = await network.host('fuzzer');
    const options = Object.entries({ pid: tandem.pid, seconds, rate: 300, seed: 1, growth: 128 });
    const fuzz = fuzzer.spawn([
      ...([process.execPath, FUZZER] as const),
      ...targets.flatMap((target) => ['--target', target]),
      ...options.flatMap(([name, value]) => [`--${name}`, String(value)]),
    ]);
    const { code } = await fuzz.ended(1.5 * seconds * 1000);
    expect(code, fuzz.transcript.join('\n')).toBe(0);
    expect((await tandem.http('/livez')).status).toBe(200);
    expect(tandem.logs().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
