import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { Process } from './process.ts';
import { Server } from './server.ts';

export interface EtcdServerOptions {
  readonly port?: number;
  /** More flags of etcd's own. */
  readonly args?: readonly string[];
  /** Where it runs; on loopback of the tests if nobody says. */
  readonly host?: string;
  readonly spawn?: (argv: readonly [string, ...string[]]) => Process;
}

/** An etcd server, which comes back with the same ports and the same data. */
export class EtcdServer extends Server {
  readonly url: string;

  private constructor(url: string, peerUrl: string, folder: string, options: EtcdServerOptions) {
    const { args = [], spawn = (argv) => new Process('etcd', argv) } = options;
    const argv = ['etcd', ...flags(url, peerUrl, join(folder, 'data')), ...args] as const;
    super({
      folder,
      run: () => spawn(argv),
      ready: (process) => process.line(/ready to serve client requests/),
    });
    this.url = url;
  }

  static async start(options: EtcdServerOptions = {}): Promise<EtcdServer> {
    const { host = '127.0.0.1', port = await freePort() } = options;
    const folder = await mkdtemp(join(tmpdir(), 'tandem-etcd-'));
    const [url, peerUrl] = [`http://${host}:${port}`, `http://${host}:${await freePort()}`];
    const server = new EtcdServer(url, peerUrl, folder, options);
    await server.ready();
    return server;
  }

  /** Writes a key, or removes it when there is no value. Returns the revision. */
  async write(key: string, value?: string): Promise<number> {
    const [path, body] = value === undefined ? ['kv/deleterange', {}] : ['kv/put', { value: base64(value) }];
    const { header } = await this.ask<{ header: { revision: string } }>(path, { key: base64(key), ...body });
    return Number(header.revision);
  }

  /** Asks etcd's API in JSON, where keys and values are in Base64. */
  async ask<Answer>(path: string, body: object, token?: string): Promise<Answer> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
    const request = { method: 'POST', body: JSON.stringify(body), headers };
    const response = await fetch(`${this.url}/v3/${path}`, request);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Answer;
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
