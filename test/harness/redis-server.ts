import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.ts';
import { until } from './deadline.ts';
import { freePort } from './free-port.ts';
import { Process } from './process.ts';

export interface RedisServerOptions {
  /** Where it listens; on loopback if nobody says. */
  readonly host?: string;
  /** Writes each change to disk, so that it survives a restart. */
  readonly appendOnly?: boolean;
  /** Further lines of its configuration, as arguments. */
  readonly arguments?: readonly string[];
}

/** A redis-server on a port and in a folder of its own; by itself it keeps nothing over a restart. */
export class RedisServer {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly #arguments: readonly string[];
  #process: Process | undefined;

  private constructor(
    port: number,
    folder: string,
    { host = '127.0.0.1', appendOnly, arguments: more = [] }: RedisServerOptions,
  ) {
    this.host = host;
    this.port = port;
    this.folder = folder;
    const persistence = appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [];
    this.#arguments = [...persistence, ...more];
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const server = new RedisServer(await freePort(), folder, options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** Starts it again after its end, on the same port and with the same folder. */
  async restart(): Promise<void> {
    const network = ['--bind', this.host, '--port', String(this.port), '--protected-mode', 'no'];
    const disk = ['--dir', this.folder, '--save', ''];
    const argv = ['redis-server', ...network, ...disk, ...this.#arguments];
    this.#process = new Process(`redis-server ${this.port}`, argv);
    await this.#process.first(this.#process.line(/Ready to accept connections/));
  }

  /** What `redis-cli` prints, a line each. */
  async cli(...args: readonly string[]): Promise<string[]> {
    const printed = await command(['redis-cli', '-h', this.host, '-p', String(this.port), ...args]);
    return printed.trimEnd().split('\n');
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL');
  }

  /** It goes on existing, and its port goes on accepting, but it does nothing. */
  pause(): void {
    this.#running().signal('SIGSTOP');
  }

  resume(): void {
    this.#running().signal('SIGCONT');
  }

  #running(): Process {
    if (!this.#process) throw new Error(`redis-server ${this.port} was never started`);
    return this.#process;
  }
}

/** Nodes of a Redis Cluster, each with a third of the slots, and as many replicas as wanted. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  static async start({ replicas = 0 }: { readonly replicas?: number } = {}): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    for (let count = 0; count < 3 * (1 + replicas); count++) {
      const bus = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())];
      nodes.push(await RedisServer.start({ arguments: [...bus, '--cluster-node-timeout', '1000'] }));
    }
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    const wanted = ['--cluster-replicas', String(replicas), '--cluster-yes'];
    await command(['redis-cli', '--cluster', 'create', ...addresses, ...wanted]);
    const cluster = new RedisCluster(nodes);
    const agreed = () => Promise.all(nodes.map((node) => cluster.#isWhole(node)));
    await until(
      () => 'a whole cluster',
      async () => (await agreed()).every(Boolean),
      20_000,
    );
    return cluster;
  }

  get url(): string {
    return `redis+cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** The nodes that have slots. */
  async masters(): Promise<RedisServer[]> {
    const roles = await Promise.all(this.nodes.map(async (node) => (await node.cli('role'))[0]));
    return this.nodes.filter((_, index) => roles[index] === 'master');
  }

  /** Moves some slots from the first master to the second, with what is in them. */
  async move(slots: number): Promise<void> {
    const [from, to] = (await this.masters()) as [RedisServer, RedisServer];
    const [source = ''] = await from.cli('cluster', 'myid');
    const [target = ''] = await to.cli('cluster', 'myid');
    const wanted = ['--cluster-from', source, '--cluster-to', target, '--cluster-slots', String(slots)];
    const node = `127.0.0.1:${from.port}`;
    await command(['redis-cli', '--cluster', 'reshard', node, ...wanted, '--cluster-yes']);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  /** It sees all slots and all replicas. */
  async #isWhole(node: RedisServer): Promise<boolean> {
    const [state] = await node.cli('cluster', 'info');
    const known = await node.cli('cluster', 'nodes');
    const replicas = known.filter((line) => line.includes('slave')).length;
    return state?.trim() === 'cluster_state:ok' && replicas === this.nodes.length - 3;
  }
}

/** A master, its replica and three sentinels, which notice the end of the master soon. */
export class RedisSentinels {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly #sentinels: readonly { readonly port: number; readonly process: Process }[];

  private constructor(
    master: RedisServer,
    replica: RedisServer,
    sentinels: readonly { readonly port: number; readonly process: Process }[],
  ) {
    this.master = master;
    this.replica = replica;
    this.#sentinels = sentinels;
  }

  static async start(): Promise<RedisSentinels> {
    const master = await RedisServer.start();
    const following = ['--replicaof', `127.0.0.1 ${master.port}`, '--repl-diskless-sync-delay', '0'];
    const replica = await RedisServer.start({ arguments: following });
    await until(
      () => 'a replica in sync',
      async () => (await replica.cli('role')).includes('connected'),
      20_000,
    );
    const sentinels = [];
    for (let count = 0; count < 3; count++) sentinels.push(await startSentinel(master.port));
    const all = new RedisSentinels(master, replica, sentinels);
    await until(
      () => 'sentinels that know each other and the replica',
      () => all.#agree(),
      20_000,
    );
    return all;
  }

  get url(): string {
    return `redis+sentinel://${this.#sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/mymaster`;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sentinels.map(({ process }) => process.stop('SIGKILL')));
    await Promise.all([this.master.kill(), this.replica.kill()]);
  }

  async #agree(): Promise<boolean> {
    const seen = await Promise.all(this.#sentinels.map(({ port }) => sentinelsSeen(port)));
    return seen.every((words) => words === 'slaves=1,sentinels=3');
  }
}

async function sentinelsSeen(port: number): Promise<string | undefined> {
  const printed = await command(['redis-cli', '-p', String(port), 'info', 'sentinel']);
  return /slaves=\d+,sentinels=\d+/.exec(printed)?.[0];
}

async function startSentinel(master: number): Promise<{ port: number; process: Process }> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `sentinel monitor mymaster 127.0.0.1 ${master} 2`,
    'sentinel down-after-milliseconds mymaster 500',
    'sentinel failover-timeout mymaster 3000',
  ];
  await command(['tee', file], `${lines.join('\n')}\n`);
  const address = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
  const process = new Process(`sentinel ${port}`, ['redis-sentinel', file, ...address]);
  await process.first(process.line(/\+monitor master mymaster/));
  return { port, process };
}
