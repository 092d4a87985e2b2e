import { readFile, rm } from 'node:fs/promises';
import { until } from './deadline.ts';
import type { Process } from './process.ts';

/** What a server is run by. */
interface ServerOptions {
  /** Where it keeps what it stores. */
  readonly folder: string;
  readonly run: () => Process;
  /** Resolves when it serves. */
  readonly ready: (process: Process) => Promise<unknown>;
}

/** A server that is stopped, or stands still, and comes back with what it has stored. */
export abstract class Server {
  readonly #options: ServerOptions;
  #process: Process;

  protected constructor(options: ServerOptions) {
    this.#options = options;
    this.#process = options.run();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it wrote since it was started. */
  get transcript(): readonly string[] {
    return this.#process.transcript;
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    this.resume();
    await this.#process.stop();
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  /** From then on it keeps its connections and says nothing more. */
  async pause(): Promise<void> {
    this.#process.signal('SIGSTOP');
    const stopped = async (): Promise<boolean> =>
      /\) T /.test(await readFile(`/proc/${this.pid}/stat`, 'latin1'));
    await until(() => 'a paused server', stopped);
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** Starts it once more. */
  async restart(): Promise<void> {
    await this.kill();
    this.#process = this.#options.run();
    await this.ready();
  }

  /** Loses all that it has stored; to be done while it does not run. */
  async empty(): Promise<void> {
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  /** Kills it and leaves nothing behind. */
  async close(): Promise<void> {
    await this.kill();
    await this.empty();
  }

  protected async ready(): Promise<void> {
    await this.#process.first(this.#options.ready(this.#process));
  }
}
