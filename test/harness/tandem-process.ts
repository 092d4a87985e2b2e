import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PATIENCE, until } from './deadline.ts';
import type { Host } from './host.ts';
import type { Exit, Process } from './process.ts';

/** The command line of Tandem. */
export const MAIN: string = join(import.meta.dirname, '../../services/cli/src/main.ts');
/** Where every Tandem of the tests serves `/readyz`, `/metrics` and `/v1`. */
export const HTTP = 8080;
/** Every network of the tests: what one address of it sends is not what one phone sends. */
const PHONES = '10.64.0.0/10';
/** No capability, and none to be had; still whoever owns the files. */
const UNPRIVILEGED = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'] as const;
/** What `tandem` is run from: a command line that ends in Node, and the file that it runs. */
export interface Program {
  readonly node: readonly [string, ...string[]];
  readonly main: string;
}
export const sources: Program = { node: [...UNPRIVILEGED, process.execPath], main: MAIN };
const START = 30_000;
/** Milliseconds until a process that stands still counts as one that is not ready. */
const GLANCE = 2_000;

/** A `tandem` command that runs in a host, without any privilege of the system, until it is ended. */
export class TandemProcess {
  readonly host: Host;
  readonly #argv: readonly [string, ...string[]];
  readonly #env: Readonly<Record<string, string>>;
  #process: Process | undefined;

  /** `argv` is what comes behind `node`. */
  constructor(
    host: Host,
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
    { node }: Program = sources,
  ) {
    this.host = host;
    this.#argv = [...node, ...argv];
    // Wherever the tests run, its machine is not a pod.
    this.#env = { KUBERNETES_SERVICE_HOST: '', TANDEM_SIP_TRUSTED: PHONES, ...env };
  }

  /** Starts it, as often as it has ended; its log begins anew each time. It is ready when this returns. */
  async start(): Promise<void> {
    this.#process = this.host.spawn(this.#argv, { env: this.#env });
    await this.#process.first(
      until(
        () => `/readyz of ${this.host.name}`,
        () => this.isReady(),
        START,
      ),
    );
  }

  async isReady(): Promise<boolean> {
    return this.http('/readyz', GLANCE)
      .then(({ status }) => status === 200)
      .catch(() => false);
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** What it may do that others may not: a set of bits, in hexadecimal. */
  async capabilities(): Promise<string> {
    return /^CapEff:\s+(\w+)$/m.exec(await readFile(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? '';
  }

  /** What it logged, one object a line. */
  logs(): Record<string, unknown>[] {
    return this.#running.transcript
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The next line of its log with this message. */
  async logged(message: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.#running.line(new RegExp(`"msg":"${message}"`))) as Record<string, unknown>;
  }

  async http(path: string, ms: number = PATIENCE): Promise<Response> {
    return fetch(`http://${this.host.address}:${HTTP}${path}`, { signal: AbortSignal.timeout(ms) });
  }

  /** Asks it by another command, such as `registrations`, on its machine. */
  async ask(...args: readonly string[]): Promise<string> {
    return this.host.run(this.#asking(args));
  }

  /** Starts another command, such as `trace --follow`, on its machine. */
  run(...args: readonly string[]): Process {
    return this.host.spawn(this.#asking(args));
  }

  /** Lets it end in order. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    return this.#running.stop(signal);
  }

  /** Its end, whoever brings it about. */
  async ended(): Promise<Exit> {
    return this.#running.exit;
  }

  /** Its end after it was told to go, for which it may take a while. */
  async leave(ms: number): Promise<Exit> {
    this.#running.signal('SIGTERM');
    return this.#running.ended(ms);
  }

  /** As when its machine dies, except that the machine refuses what is sent to it. */
  async kill(): Promise<Exit> {
    return this.#running.stop('SIGKILL');
  }

  /** It neither answers nor refuses from now on. */
  pause(): void {
    this.#running.signal('SIGSTOP');
  }

  resume(): void {
    this.#running.signal('SIGCONT');
  }

  #asking(args: readonly string[]): [string, ...string[]] {
    return [process.execPath, MAIN, ...args, '--http-listen', `${this.host.address}:${HTTP}`];
  }

  get #running(): Process {
    if (!this.#process) throw new Error(`${this.host.name}: not started`);
    return this.#process;
  }
}
