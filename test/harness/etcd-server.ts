import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './deadline.ts';
import { freePort } from './free-port.ts';
import { Process } from './process.ts';

const START = 15_000;

export interface EtcdServerOptions {
  readonly port?: number;
  /** More flags of etcd's own. */
  readonly args?: readonly string[];
  /** Where it runs; on loopback of the tests if nobody says. */
  readonly host?: string;
  readonly spawn?: (argv: readonly [string, ...string[]]) => Process;
}

/** An etcd server, which comes back with the same ports and the same data. */
export class EtcdServer {
  readonly url: string;
  readonly #folder: string;
  readonly #options: EtcdServerOptions;
  readonly #argv: readonly [string, ...string[]];
  #process: Process;

  private constructor(url: string, peerUrl: string, folder: string, options: EtcdServerOptions) {
    this.url = url;
    this.#folder = folder;
    this.#options = options;
    this.#argv = ['etcd', ...flags(url, peerUrl, join(folder, 'data')), ...(options.args ?? [])];
    this.#process = this.#run();
  }

  static async start(options: EtcdServerOptions = {}): Promise<EtcdServer> {
    const { host = '127.0.0.1', port = await freePort() } = options;
    const folder = await mkdtemp(join(tmpdir(), 'tandem-etcd-'));
    const [url, peerUrl] = [`http://${host}:${port}`, `http://${host}:${await freePort()}`];
    const server = new EtcdServer(url, peerUrl, folder, options);
    await server.#ready();
    return server;
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
      /\) T /.test(await readFile(`/proc/${this.#process.pid}/stat`, 'latin1'));
    await until(() => 'a paused server', stopped);
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** Starts it once more. */
  async restart(): Promise<void> {
    await this.kill();
    this.#process = this.#run();
    await this.#ready();
  }

  /** Loses all that it has stored; to be done while it does not run. */
  async empty(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Kills it and leaves nothing behind. */
  async close(): Promise<void> {
    await this.kill();
    await this.empty();
  }

  /** Writes a key, or removes it when there is no value. Returns the revision. */
  async write(key: string, value?: string): Promise<number> {
    const [path, body] = value === undefined ? ['kv/deleterange', {}] : ['kv/put', { value: base64(value) }];
    const { header } = await this.ask<{ header: { revision: string } }>(path, { key: base64(key), ...body });
    return Number(header.revision);
  }

  /** Asks etcd's API in JSON, where keys and values are in Base64. */
  async ask<Answer>(path: string, body: object): Promise<Answer> {
    const response = await fetch(`${this.url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async #ready(): Promise<void> {
    await this.#process.first(this.#process.line(/ready to serve client requests/, START));
  }

  #run(): Process {
    const { spawn = (argv) => new Process('etcd', argv) } = this.#options;
    return spawn(this.#argv);
  }
}

function flags(url: string, peerUrl: string, folder: string): string[] {
  const values = {
    name: 'one',
    'data-dir': folder,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `one=${peerUrl}`,
    // A server alone elects itself when the time is over.
    'heartbeat-interval': '50',
    'election-timeout': '250',
  };
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
