import { inspect, parseArgs } from 'node:util';
import { Random } from './random.ts';

/** What is fuzzed. */
export interface Fuzzed {
  /** An input; the same for the same random numbers. */
  readonly input: (random: Random) => string;
  /** Throws when a promise is broken. */
  readonly examine: (text: string, random: Random) => void;
}

/** No input may take longer, in milliseconds of this thread: the machine may be busy with something else. */
const maxStall = 100;
/** What the heap may be larger after the run, for compiled code and the worst input. */
const maxGrowth = 8 * 2 ** 20;
const warmUp = 5000;

/** Fuzzes by the options of the command line; the exit code tells whether there was a finding. */
export function run(fuzzed: Fuzzed): void {
  const { values: options } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      iteration: { type: 'string' },
    },
  });
  const fuzzing = new Fuzzing(fuzzed, Number(options.seed));
  if (options.iteration !== undefined) fuzzing.repeat(Number(options.iteration));
  else fuzzing.run(Number(options.seconds));
}

class Fuzzing {
  readonly #fuzzed: Fuzzed;
  readonly #seed: number;
  #worst = { ms: 0, iteration: 0 };

  constructor(fuzzed: Fuzzed, seed: number) {
    this.#fuzzed = fuzzed;
    this.#seed = seed;
  }

  /** One input again. */
  repeat(iteration: number): void {
    if (this.#isWell(iteration)) say(`${this.#worst.ms.toFixed(2)} ms`);
  }

  run(seconds: number): void {
    const start = performance.now();
    const count = this.#runAll(start + seconds * 1000);
    const took = (performance.now() - start) / 1000;
    say(`seed ${this.#seed}: ${count} inputs in ${took.toFixed(0)} s, ${(count / took).toFixed(0)} a second`);
    say(`worst input: ${this.#worst.ms.toFixed(2)} ms, iteration ${this.#worst.iteration}`);
  }

  /** Runs until the time is over, or until there is a finding; returns how many inputs that were. */
  #runAll(end: number): number {
    let iteration = 0;
    let before = 0;
    for (; performance.now() < end || iteration <= warmUp; iteration++) {
      if (iteration === warmUp) before = heap();
      if (!this.#isWell(iteration)) return iteration;
    }
    const after = heap();
    say(`heap ${megabytes(before)} before, ${megabytes(after)} after`);
    if (globalThis.gc && after - before > maxGrowth) {
      say('finding: the heap has grown');
      process.exitCode = 1;
    }
    return iteration;
  }

  #isWell(iteration: number): boolean {
    try {
      this.#tryOne(iteration);
      return true;
    } catch (error) {
      say(`finding: --seed ${this.#seed} --iteration ${iteration}`);
      say(inspect(error, { maxStringLength: 1000 }));
      say(Buffer.from(this.#input(iteration).text, 'latin1').toString('hex'));
      process.exitCode = 1;
      return false;
    }
  }

  /** Throws what it finds. */
  #tryOne(iteration: number): void {
    const { text, random } = this.#input(iteration);
    const start = process.threadCpuUsage();
    this.#fuzzed.examine(text, random);
    const { user, system } = process.threadCpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > this.#worst.ms) this.#worst = { ms, iteration };
    if (ms > maxStall) throw new Error(`it takes ${ms.toFixed(0)} ms`);
  }

  #input(iteration: number): { text: string; random: Random } {
    const random = Random.of(this.#seed, iteration);
    return { text: this.#fuzzed.input(random), random };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function heap(): number {
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function megabytes(octets: number): string {
  return `${(octets / 2 ** 20).toFixed(1)} MB`;
}
