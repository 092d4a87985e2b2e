import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './deadline.ts';
import { freePort } from './free-port.ts';
import { Process } from './process.ts';
import { Server } from './server.ts';

export interface NatsServerOptions {
  readonly port?: number;
  /** More arguments, such as `--auth secret`. */
  readonly args?: readonly string[];
  readonly jetStream?: boolean;
  /** Where it runs; on loopback of the tests if nobody says. */
  readonly host?: string;
  readonly spawn?: (argv: readonly [string, ...string[]]) => Process;
}

/** A NATS server with JetStream, which comes back with the same port and the same store. */
export class NatsServer extends Server {
  readonly host: string;
  readonly port: number;

  private constructor(options: NatsServerOptions, port: number, folder: string) {
    const { args = [], host = '127.0.0.1', jetStream = true } = options;
    const { spawn = (argv) => new Process('nats-server', argv) } = options;
    const listen = ['-a', host, '-p', String(port)];
    const stored = jetStream ? ['-js', '-sd', folder] : [];
    super({
      folder,
      run: () => spawn(['nats-server', ...listen, ...stored, ...args]),
      ready: (process) => process.line(/Server is ready/),
    });
    this.host = host;
    this.port = port;
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-nats-'));
    const server = new NatsServer(options, options.port ?? (await freePort()), folder);
    await server.ready();
    return server;
  }

  get url(): string {
    return `nats://${this.host}:${this.port}`;
  }
}

/** Three servers that replicate their streams. */
export class NatsCluster {
  readonly servers: readonly NatsServer[];

  private constructor(servers: readonly NatsServer[]) {
    this.servers = servers;
  }

  static async start(): Promise<NatsCluster> {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const routes = ports.map((port) => `nats://127.0.0.1:${port}`);
    const servers = ports.map((_, index) => {
      const member = [
        '--cluster',
        routes[index]!,
        '--cluster_name',
        'tandem',
        '--server_name',
        `nats-${index}`,
      ];
      return NatsServer.start({ args: [...member, '--routes', routes.join(',')] });
    });
    const cluster = new NatsCluster(await Promise.all(servers));
    await until(
      () => 'servers that know each other',
      async () => (await Promise.all(cluster.servers.map(peers))).every((count) => count === 3),
      20_000,
    );
    return cluster;
  }

  get url(): string {
    return this.servers.map(({ url }) => url).join(',');
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

/** How many servers it names in its greeting, itself included. */
async function peers({ host, port }: NatsServer): Promise<number> {
  const socket = connect(port, host);
  const [greeting] = await once(socket, 'data');
  socket.destroy();
  const info = JSON.parse(String(greeting).slice('INFO '.length)) as { connect_urls?: string[] };
  return info.connect_urls?.length ?? 0;
}
