import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Inbox } from './inbox.ts';

const GRACE = 2_000;
const KEPT = 10_000;
const SHOWN = 20;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program beside the test: its lines and its end can be awaited, and it never outlives the test process. */
export class Process {
  readonly name: string;
  readonly pid: number;
  /** The last lines that it wrote to stdout and stderr. */
  readonly transcript: string[] = [];
  /** Settles when it has ended and all that it wrote is read. */
  readonly exit: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #lines: Inbox<string>;

  constructor(name: string, argv: readonly string[], options: ProcessOptions = {}) {
    this.name = name;
    this.#lines = new Inbox(name, (line) => line);
    // The kernel kills it when the test process dies. It leads a group, so that what it starts can be ended with it.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.exit = this.#ended();
    if (this.#child.pid === undefined) throw new Error(`${name}: setpriv cannot be run`);
    this.pid = this.#child.pid;
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#read(stream as Readable);
  }

  /** The first line that matches and that nobody took before. */
  async line(match: RegExp, ms?: number): Promise<string> {
    return this.#lines.take(`line like ${match}`, (line) => match.test(line), ms);
  }

  /** What it was started for, or an error as soon as it ends before that. */
  async first<T>(wanted: Promise<T>): Promise<T> {
    const early = this.exit.then(({ code, signal }) => {
      throw new Error(
        [`${this.name} ended with ${signal ?? code}`, ...this.transcript.slice(-SHOWN)].join('\n'),
      );
    });
    return Promise.race([wanted, early]);
  }

  /** Its end, which must come by itself. */
  async ended(ms: number): Promise<Exit> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`${this.name}: still runs after ${ms} ms`)), ms);
    return Promise.race([this.exit, promise]).finally(() => clearTimeout(timer));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end, and kills it when it does not obey. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), GRACE);
    return this.exit.finally(() => clearTimeout(timer));
  }

  #read(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.transcript.push(line);
      if (this.transcript.length > KEPT) this.transcript.shift();
      this.#lines.put(line);
    });
  }

  async #ended(): Promise<Exit> {
    const closed = once(this.#child, 'close');
    this.#child.once('exit', () => this.#killGroup());
    const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
    this.#lines.close(`it ended with ${signal ?? code}`);
    return { code, signal };
  }

  #killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
