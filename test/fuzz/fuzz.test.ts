import { join } from 'node:path';
import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Process } from '../harness/process.ts';
import { Tandem } from '../harness/tandem.ts';
import { acme } from '../wire/acme.ts';
import { ports } from '../wire/everywhere.ts';

const describe = needs('namespace');

/** Of messages and of a live edge; a longer run is a command of its own. */
const seconds = 60;
const transports = ['udp', 'tcp', 'ws'] as const;

/** Milliseconds until a run of so many seconds hangs. */
const deadline = (run: number): number => 1000 * run + 60_000;

function program(name: string): string {
  return join(import.meta.dirname, `${name}.ts`);
}

// Side by side: what an input takes is measured in processor time.
describe('mutated', () => {
  it.concurrent.for([
    ['messages', 'parser', seconds],
    ['session descriptions', 'sdp', 10],
  ] as const)('%s bring about only Faults, no stall, no growth', async ([, name, run]) => {
    // Whoever waits for an answer goes first.
    const command = ['nice', process.execPath, '--expose-gc', program(name), `--seconds=${run}`];
    const fuzzer = new Process('fuzzer', command);
    const { code } = await fuzzer.ended(deadline(run));
    expect(code, fuzzer.transcript.join('\n')).toBe(0);
  });

  it.concurrent('messages, handshakes and frames find an edge that answers all the time, and grows no larger', {
    timeout: 2 * deadline(seconds),
  }, async ({ network }) => {
    const host = await network.host('tandem');
    const targets = transports.map((each) => `${each}://${host.address}:${ports[each]}`);
    const tandem = await Tandem.start(host, acme, ['--sip-listen', targets.join()]);
    const options = Object.entries({ pid: tandem.pid, seconds, rate: 300, seed: 1, growth: 128 });
    const fuzz = (await network.host('fuzzer')).spawn([
      ...([process.execPath, program('edge')] as const),
      ...targets.flatMap((target) => ['--target', target]),
      ...options.flatMap(([name, value]) => [`--${name}`, String(value)]),
    ]);
    const { code } = await fuzz.ended(deadline(seconds));
    expect(code, fuzz.transcript.join('\n')).toBe(0);
    expect((await tandem.http('/livez')).status).toBe(200);
    expect(tandem.logs().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
