import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, 'router-main.ts');

/** What a router in a process of its own is told. */
export interface Start {
  readonly nodeId: string;
  readonly listen: string;
  /** Its configuration. */
  readonly folder: string;
  readonly secrets: { readonly nonce: Uint8Array; readonly router: Uint8Array };
  /** How long it thinks about each request. */
  readonly decisionMs: number;
  /** How many it may think about at once. */
  readonly capacity?: number;
}

/** A router on memory stores of its own, in a process that can be killed. */
export class RouterProcess {
  readonly id: string;
  /** Where it is asked, `host:port`. */
  readonly address: string;
  /** What it has logged. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;

  private constructor(id: string, address: string, child: ChildProcess) {
    this.id = id;
    this.address = address;
    this.#child = child;
    createInterface({ input: child.stderr! }).on('line', (line) => this.lines.push(line));
  }

  /** Resolves when it listens. */
  static async start(start: Start): Promise<RouterProcess> {
    const child = fork(MAIN, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the router ended with ${code}`);
    });
    ended.catch(() => undefined);
    child.send(start);
    const [address] = (await Promise.race([once(child, 'message'), ended])) as [string];
    return new RouterProcess(start.nodeId, address, child);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** As when its machine dies. */
  kill(): Promise<void> {
    return this.#end(() => this.#child.kill('SIGKILL'));
  }

  /** As when it is stopped for an upgrade. */
  stop(): Promise<void> {
    return this.#end(() => this.#child.send('stop'));
  }

  /** It does nothing until `resume`, and its connections stay. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** The value of one of its metrics, by the text before it. */
  async metric(series: string): Promise<number> {
    this.#child.send('scrape');
    const [text] = (await once(this.#child, 'message')) as [string];
    return seriesOf(text, series);
  }

  async #end(end: () => void): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode) return;
    const ended = once(this.#child, 'exit');
    end();
    await ended;
  }
}

/** The value of a series in what a scrape shows. */
export function seriesOf(scrape: string, series: string): number {
  const line = scrape.split('\n').find((each) => each.startsWith(`${series} `));
  if (line === undefined) throw new Error(`no ${series} in\n${scrape}`);
  return Number(line.slice(series.length));
}
