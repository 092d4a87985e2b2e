import { inspect, parseArgs } from 'node:util';
import { examine } from './examine.ts';
import { mutant } from './mutate.ts';
import { Random } from './random.ts';

// Fuzzes all that parses. node --expose-gc test/fuzz/parser.ts --seconds 3600 --seed 1; one input again: --iteration 7.

/** No input may take longer, in milliseconds of this thread: the machine may be busy with something else. */
const maxStall = 100;
/** What the heap may be larger after the run, for compiled code and the worst input. */
const maxGrowth = 8 * 2 ** 20;
const warmUp = 5000;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    iteration: { type: 'string' },
  },
});
const seed = Number(options.seed);

let worst = { ms: 0, iteration: 0 };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function input(iteration: number): { text: string; random: Random } {
  const random = Random.of(seed, iteration);
  return { text: mutant(random), random };
}

/** Throws what it finds. */
function tryOne(iteration: number): void {
  const { text, random } = input(iteration);
  const start = process.threadCpuUsage();
  examine(text, random);
  const { user, system } = process.threadCpuUsage(start);
  const ms = (user + system) / 1000;
  if (ms > worst.ms) worst = { ms, iteration };
  if (ms > maxStall) throw new Error(`it takes ${ms.toFixed(0)} ms`);
}

function heap(): number {
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function megabytes(octets: number): string {
  return `${(octets / 2 ** 20).toFixed(1)} MB`;
}

/** Runs until the time is over; returns how many inputs that were. */
function fuzz(seconds: number): number {
  const end = performance.now() + seconds * 1000;
  let iteration = 0;
  let before = 0;
  for (; performance.now() < end || iteration <= warmUp; iteration++) {
    if (iteration === warmUp) before = heap();
    try {
      tryOne(iteration);
    } catch (error) {
      report(iteration, error);
      return iteration;
    }
  }
  const after = heap();
  say(`heap ${megabytes(before)} before, ${megabytes(after)} after`);
  if (globalThis.gc && after - before > maxGrowth) {
    say('finding: the heap has grown');
    process.exitCode = 1;
  }
  return iteration;
}

function report(iteration: number, error: unknown): void {
  say(`finding: --seed ${seed} --iteration ${iteration}`);
  say(inspect(error, { maxStringLength: 1000 }));
  say(Buffer.from(input(iteration).text, 'latin1').toString('hex'));
  process.exitCode = 1;
}

if (options.iteration !== undefined) {
  try {
    tryOne(Number(options.iteration));
    say(`${worst.ms.toFixed(2)} ms`);
  } catch (error) {
    report(Number(options.iteration), error);
  }
} else {
  const start = performance.now();
  const count = fuzz(Number(options.seconds));
  const seconds = (performance.now() - start) / 1000;
  say(`seed ${seed}: ${count} inputs in ${seconds.toFixed(0)} s, ${(count / seconds).toFixed(0)} a second`);
  say(`worst input: ${worst.ms.toFixed(2)} ms, iteration ${worst.iteration}`);
}
