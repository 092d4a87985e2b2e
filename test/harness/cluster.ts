import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from './host.ts';
import { Network } from './network.ts';
import { Process } from './process.ts';
import { seriesOf, sumOf } from './scrape.ts';
import { type Servers, startServers } from './servers.ts';
import { configuration, type Tenant } from './tandem.ts';
import { HTTP, MAIN, type Program, sources, TandemProcess } from './tandem-process.ts';
import { VirtualAddress } from './virtual-address.ts';

const tiers = ['edge', 'router', 'media', 'trunk'] as const;
export type Tier = (typeof tiers)[number];

type Flags = readonly string[];
type Variables = Readonly<Record<string, string>>;

export interface ClusterOptions {
  readonly tenant: Tenant;
  /** How many of each tier; two unless it is given, and no trunk nodes. */
  readonly counts?: Partial<Readonly<Record<Tier, number>>>;
  /** More flags for every node of a tier, which may depend on its address. */
  readonly flags?: Partial<Readonly<Record<Tier, Flags | ((address: string) => Flags)>>>;
  /** More flags for some nodes, by their ids. */
  readonly nodeFlags?: Readonly<Record<string, readonly string[]>>;
  /** What nodes run, if not the sources. */
  readonly program?: Program;
  /** More variables for every node, which reach the test process at `gateway`. */
  readonly env?: (gateway: string) => Variables | Promise<Variables>;
}

export const region = 'test';
const SIP = 5060;
const GRPC = 7070;
const RTP = '20000-29999';
/** How long a node may take to hand over what it has, and a command in all. */
const DRAIN = 20_000;
const COMMAND = 45_000;
/** Seconds in which the shared address leaves an edge that drains. */
const NOTICE = 1;
const SECRET = 'the secret of all nodes of a test cluster';

/** A tier of one node, on a machine of its own. */
export class Node extends TandemProcess {
  readonly tier: Tier;
  readonly id: string;

  constructor(
    tier: Tier,
    id: string,
    host: Host,
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
    program: Program,
  ) {
    super(host, [program.main, tier, '--node-id', id, ...flags], env, program);
    this.tier = tier;
    this.id = id;
  }

  get address(): string {
    return this.host.address;
  }
}

/** Every node on a machine of its own, NATS, Redis and etcd beside the test process; the edges share an address. */
export class Cluster {
  readonly network: Network;
  readonly servers: Servers;
  /** The address that phones use; the first edge has it at the start. */
  readonly shared: VirtualAddress;
  readonly #nodes: Node[] = [];
  readonly #options: ClusterOptions;
  #variables: Variables = {};

  private constructor(network: Network, servers: Servers, options: ClusterOptions) {
    this.network = network;
    this.servers = servers;
    this.#options = options;
    this.shared = new VirtualAddress(network);
  }

  /** Starts everything on a network of its own; all nodes are ready when this returns. */
  static async start(purpose: string, options: ClusterOptions): Promise<Cluster> {
    const network = await Network.open(purpose);
    try {
      const cluster = new Cluster(network, await startServers(network), options);
      await cluster.#populate();
      await cluster.shared.move(cluster.edge(0).host);
      await cluster.#begin(options.tenant);
      return cluster;
    } catch (error) {
      process.stderr.write(`\n${Network.transcript()}`);
      await network.close();
      throw error;
    }
  }

  /** Where phones send their requests. */
  get proxy(): string {
    return `${this.shared.address}:${SIP}`;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  edge(index: number): Node {
    return this.#node('edge', index);
  }

  router(index: number): Node {
    return this.#node('router', index);
  }

  media(index: number): Node {
    return this.#node('media', index);
  }

  trunk(index: number): Node {
    return this.#node('trunk', index);
  }

  /** One more node, on a machine of its own, perhaps with more flags; it is not started yet. */
  async add(tier: Tier, id: string, flags: readonly string[] = []): Promise<Node> {
    const node = await this.#create(tier, id, flags);
    this.#nodes.push(node);
    return node;
  }

  /** Puts the resources of a tenant in force. */
  async configure(tenant: Tenant): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'resources-'));
    await writeFile(join(folder, `${tenant.name}.yaml`), configuration(tenant));
    await this.command('apply', '-f', folder);
  }

  /** Runs a command against the servers, such as `apply`, and returns what it printed. */
  async command(...args: readonly string[]): Promise<string> {
    return succeed(this.run(...args));
  }

  /** Starts a command against the servers. */
  run(...args: readonly string[]): Process {
    const argv = [process.execPath, MAIN, ...args] as const;
    return new Process(`tandem ${args[0]}`, argv, { env: this.#env });
  }

  /** Lets a node hand over what it has, told by way of another; throws what the command said when that fails. */
  async drain(leaving: Node, by: Node): Promise<void> {
    await succeed(by.run('drain', leaving.id, '--timeout', `${DRAIN / 1000}`));
  }

  /** The sum of a metric over the nodes of a tier that answer. */
  async sum(tier: Tier, metric: string, labels?: Readonly<Record<string, string>>): Promise<number> {
    const nodes = this.#nodes.filter((node) => node.tier === tier);
    const said = nodes.map(async (node) => sumOf(await seriesOf(node).catch(() => ({})), metric, labels));
    return (await Promise.all(said)).reduce((total, value) => total + value, 0);
  }

  async close(): Promise<void> {
    await this.network.close();
  }

  // A router that has begun with a part of the configuration may take a second for the rest.
  async #begin(tenant: Tenant): Promise<void> {
    const configured = this.configure(tenant);
    await Promise.all(
      this.#nodes.map(async (node) => {
        if (node.tier === 'router' || node.tier === 'trunk') await configured;
        await node.start();
      }),
    );
  }

  #node(tier: Tier, index: number): Node {
    const node = this.#nodes.filter((one) => one.tier === tier)[index];
    if (!node) throw new Error(`no ${tier} ${index}`);
    return node;
  }

  async #populate(): Promise<void> {
    const { counts = {}, env } = this.#options;
    this.#variables = { ...this.#env, ...(await env?.(this.network.gateway)) };
    const wanted = tiers.flatMap((tier) =>
      Array.from(
        { length: counts[tier] ?? (tier === 'trunk' ? 0 : 2) },
        (_, index) => [tier, `${tier}-${index + 1}`] as const,
      ),
    );
    this.#nodes.push(...(await Promise.all(wanted.map(([tier, id]) => this.#create(tier, id)))));
  }

  async #create(tier: Tier, id: string, more: readonly string[] = []): Promise<Node> {
    const { flags = {}, nodeFlags = {}, program = sources } = this.#options;
    const host = await this.network.host(id);
    if (tier === 'edge') await this.shared.share(host);
    const ofTier = flags[tier];
    const data = ['--data', await mkdtemp(join(tmpdir(), `${id}-`))];
    const own = [
      ...this.#flags(tier, host.address),
      ...data,
      ...(typeof ofTier === 'function' ? ofTier(host.address) : (ofTier ?? [])),
      ...(nodeFlags[id] ?? []),
      ...more,
    ];
    return new Node(tier, id, host, own, this.#variables, program);
  }

  get #env(): Record<string, string> {
    const { nats, redis, etcd } = this.servers;
    return {
      TANDEM_REGION: region,
      TANDEM_LOG_LEVEL: process.env.SURVIVE_LOG_LEVEL ?? 'warn',
      TANDEM_CLUSTER_SECRET: SECRET,
      TANDEM_NATS_URL: nats.url,
      TANDEM_REDIS_URL: redis.url,
      TANDEM_ETCD_URL: etcd.url,
    };
  }

  #flags(tier: Tier, address: string): string[] {
    return ['--http-listen', `${address}:${HTTP}`, ...this.#listening(tier, address)];
  }

  #listening(tier: Tier, address: string): string[] {
    if (tier === 'router') return ['--router-listen', `${address}:${GRPC}`];
    if (tier === 'trunk') return [];
    if (tier === 'media') return ['--rtp-listen', `${address}:${RTP}`];
    const listeners = [address, this.shared.address].flatMap((host) => [
      `udp://${host}:${SIP}`,
      `tcp://${host}:${SIP}`,
    ]);
    return ['--sip-listen', listeners.join(), '--sip-shared', this.proxy, '--drain-notice', `${NOTICE}`];
  }
}

/** What a command prints that must end well by itself. */
async function succeed(command: Process): Promise<string> {
  const { code } = await command.ended(COMMAND);
  const printed = command.transcript.join('\n');
  if (code !== 0) throw new Error(`${command.name} ended with ${code}: ${printed}`);
  return printed;
}
