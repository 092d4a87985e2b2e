import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './deadline.ts';
import { freePort } from './free-port.ts';
import { Process } from './process.ts';

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
export class NatsServer {
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #options: NatsServerOptions;
  #process: Process;

  private constructor(options: NatsServerOptions, port: number, folder: string) {
    this.host = options.host ?? '127.0.0.1';
    this.port = port;
    this.#folder = folder;
    this.#options = options;
    this.#process = this.#run();
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-nats-'));
    const server = new NatsServer(options, options.port ?? (await freePort()), folder);
    await server.#ready();
    return server;
  }

  get url(): string {
    return `nats://${this.host}:${this.port}`;
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
    this.#process = this.#run();
    await this.#ready();
  }

  /** Loses all that its JetStream has kept; to be done while it does not run. */
  async empty(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Kills it and leaves nothing behind. */
  async close(): Promise<void> {
    await this.kill();
    await this.empty();
  }

  async #ready(): Promise<void> {
    await this.#process.first(this.#process.line(/Server is ready/));
  }

  #run(): Process {
    const { args = [], jetStream = true, spawn = (argv) => new Process('nats-server', argv) } = this.#options;
    const listen = ['-a', this.host, '-p', String(this.port)];
    return spawn(['nats-server', ...listen, ...(jetStream ? ['-js', '-sd', this.#folder] : []), ...args]);
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
