import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Attacker, openAttacker } from './attacker.ts';
import { Probe } from './probe.ts';
import { openFiles, residentMemory } from './proc.ts';
import { Random } from './random.ts';
import { readTarget, type Target } from './target.ts';

// Fuzzes a live edge and asks it all the time whether it is well:
// node test/fuzz/edge.ts --target udp://127.0.0.1:5060 --target tcp://127.0.0.1:5060 --target ws://127.0.0.1:5066 --pid 4711 --seconds 60 --rate 300

/** No probe may find the target at work for longer before it answers, in milliseconds. */
const maxStall = 100;
const probeInterval = 50;
/** Milliseconds after which the target has to have closed all that was opened. */
const settling = 15_000;

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: [] },
    pid: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    /** Inputs a second to all targets together. */
    rate: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    /** Megabytes of memory that the second half of the time may need beyond the first. */
    growth: { type: 'string', default: '64' },
  },
});

const pid = Number(options.pid);
const seed = Number(options.seed);
const targets = options.target.map((text) =>
  readTarget(text, process.env.TANDEM_TEST_NAMESPACE !== undefined),
);
if (targets.length === 0 || !(pid > 0)) throw new Error('--target and --pid are needed');

let sent = 0;
/** Of all probes, in milliseconds. */
const worst = { passed: 0, worked: 0 };
let probes = 0;
/** The most octets of memory that were resident in each half of the time. */
const memory: [first: number, second: number] = [0, 0];

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Sends inputs in step with the clock. */
async function flood(end: number): Promise<void> {
  const attackers = targets.map((target): Attacker => openAttacker(target));
  const start = performance.now();
  while (performance.now() < end) {
    const due = ((performance.now() - start) / 1000) * Number(options.rate);
    if (sent >= due) {
      await setTimeout(5);
      continue;
    }
    const random = Random.of(seed, sent++);
    await random.pick(attackers).strike(random);
  }
  for (const attacker of attackers) attacker.close();
}

/** Asks one target until the end. Throws when it stalls or is gone. */
async function watch(target: Target, start: number, end: number): Promise<void> {
  const probe = new Probe(target, pid);
  while (performance.now() < end) {
    const { passed, worked } = await probe.ask();
    worst.passed = Math.max(worst.passed, passed);
    worst.worked = Math.max(worst.worked, worked);
    probes++;
    if (worked > maxStall) throw new Error(`${target.transport} stalls for ${worked.toFixed(0)} ms`);
    measure(performance.now() < (start + end) / 2 ? 0 : 1);
    await setTimeout(probeInterval);
  }
  probe.close();
}

/** Waits until the target has no more open than before. Throws when that does not come. */
async function settle(before: number): Promise<void> {
  const end = performance.now() + settling;
  while (openFiles(pid) > before) {
    if (performance.now() > end) throw new Error(`${openFiles(pid) - before} sockets are left open`);
    await setTimeout(probeInterval);
  }
}

function measure(half: 0 | 1): void {
  memory[half] = Math.max(memory[half], residentMemory(pid));
}

function megabytes(octets: number): string {
  return `${(octets / 2 ** 20).toFixed(0)} MB`;
}

try {
  const start = performance.now();
  const open = openFiles(pid);
  const end = start + Number(options.seconds) * 1000;
  await Promise.all([flood(end), ...targets.map((target) => watch(target, start, end))]);
  await settle(open);
  const grown = memory[1] - memory[0];
  if (grown > Number(options.growth) * 2 ** 20)
    throw new Error(`the second half of the time needs ${megabytes(grown)} more than the first`);
} catch (error) {
  say(`finding: --seed ${seed}, at one of the iterations before ${sent}: ${String(error)}`);
  process.exitCode = 1;
}
say(`seed ${seed}: ${sent} inputs, ${probes} probes`);
say(
  `slowest answer: after ${worst.passed.toFixed(1)} ms; most work before one: ${worst.worked.toFixed(1)} ms`,
);
say(`memory ${megabytes(memory[0])} at most in the first half, ${megabytes(memory[1])} in the second`);
process.exit();
