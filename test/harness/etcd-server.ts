import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './deadline.ts';
import { Process } from './process.ts';

const START = 15_000;
const ANSWER = 1_000;

/** A server of etcd on free ports, with a data folder that a restart keeps. */
export class EtcdServer {
  readonly url: string;
  readonly #folder: string;
  readonly #argv: readonly string[];
  #process: Process;

  private constructor(url: string, folder: string, argv: readonly string[]) {
    this.url = url;
    this.#folder = folder;
    this.#argv = argv;
    this.#process = new Process('etcd', argv);
  }

  /** It answers when this returns. `flags` are etcd's own; `host` is where it listens to clients. */
  static async start(flags: readonly string[] = [], host: string = '127.0.0.1'): Promise<EtcdServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-etcd-'));
    const [client, peer] = await Promise.all([freePort(), freePort()]);
    const [url, peerUrl] = [`http://${host}:${client}`, `http://127.0.0.1:${peer}`];
    const own = {
      name: 'one',
      'data-dir': join(folder, 'data'),
      'listen-client-urls': url,
      'advertise-client-urls': url,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'initial-cluster': `one=${peerUrl}`,
      // A server alone elects itself when the time is over.
      'heartbeat-interval': '50',
      'election-timeout': '250',
    };
    const argv = Object.entries(own).map(([name, value]) => `--${name}=${value}`);
    const server = new EtcdServer(url, folder, ['etcd', ...argv, ...flags]);
    await server.#answers();
    return server;
  }

  /** Ends it for good, and removes its data. */
  async stop(): Promise<void> {
    await this.#process.stop('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** As when its machine dies; `restart` starts it again. */
  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  /** Its connections stay, and nobody answers on them. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** On the same ports and data, or on none when they are to be lost. */
  async restart({ wiped = false }: { readonly wiped?: boolean } = {}): Promise<void> {
    await this.kill();
    if (wiped) await rm(join(this.#folder, 'data'), { recursive: true });
    this.#process = new Process('etcd', this.#argv);
    await this.#answers();
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

  async #answers(): Promise<void> {
    const ask = async (): Promise<boolean> => {
      const signal = AbortSignal.timeout(ANSWER);
      const response = await fetch(`${this.url}/health`, { signal }).catch(() => undefined);
      return response?.ok ?? false;
    };
    const answer = until(() => `an answer of etcd\n${this.#process.transcript.join('\n')}`, ask, START);
    await this.#process.first(answer);
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
