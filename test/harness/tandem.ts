import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { until } from './deadline.ts';
import type { Host } from './host.ts';
import type { Exit, Process } from './process.ts';

/** The command line of Tandem. */
export const MAIN: string = join(import.meta.dirname, '../../services/cli/src/main.ts');
const START = 15_000;
const ANSWER = 2_000;
const HTTP = 8080;

/** A tenant and its users, as a test wants them. */
export interface Tenant {
  readonly name: string;
  readonly domains: readonly string[];
  readonly users: readonly User[];
  readonly ringTimeout?: number;
  readonly media?: { readonly inactivity: number };
  readonly registration?: {
    readonly minExpires: number;
    readonly defaultExpires: number;
    readonly maxExpires: number;
  };
}

export interface User {
  readonly name: string;
  readonly password: string;
  readonly aliases?: readonly string[];
  readonly callerId?: string;
  readonly maxContacts?: number;
  readonly maxContactsPolicy?: 'reject' | 'replace';
  readonly ringTimeout?: number;
}

/** `tandem up` in a host, with SIP on port 5060 over UDP and TCP. */
export class Tandem {
  readonly host: Host;
  /** The folder for what it keeps over a restart. */
  readonly data: string;
  readonly #config: string;
  readonly #argv: readonly [string, ...string[]];
  #process: Process;

  private constructor(
    host: Host,
    folders: { readonly config: string; readonly data: string },
    argv: readonly [string, ...string[]],
  ) {
    this.host = host;
    this.data = folders.data;
    this.#config = folders.config;
    this.#argv = argv;
    this.#process = host.spawn(argv);
  }

  /**
   * Starts it with a configuration and, where a test needs that, more flags for it and for its Node, and variables such
   * as `A=b`; it is ready when this returns.
   */
  static async start(
    host: Host,
    tenant: Tenant,
    flags: readonly string[] = [],
    nodeFlags: readonly string[] = [],
    env: readonly string[] = [],
  ): Promise<Tandem> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-'));
    const [config, data] = [join(folder, 'config'), join(folder, 'data')];
    await Promise.all([config, data].map((path) => mkdir(path)));
    await write(config, tenant);
    const argv = [...nodeFlags, MAIN, ...up(host.address, config, data), ...flags];
    const tandem = new Tandem(host, { config, data }, ['env', ...env, process.execPath, ...argv]);
    await tandem.#ready();
    return tandem;
  }

  /** Starts it again as it was started, after it has ended. Its log begins anew. */
  async restart(): Promise<void> {
    this.#process = this.host.spawn(this.#argv);
    await this.#ready();
  }

  /** Changes the resources of a tenant while it runs. */
  async configure(tenant: Tenant): Promise<void> {
    await write(this.#config, tenant);
  }

  /** Asks it by another command, such as `registrations`, on its machine. */
  async ask(...args: readonly string[]): Promise<string> {
    return this.host.run([process.execPath, MAIN, ...args, '--http-listen', `${this.host.address}:${HTTP}`]);
  }

  /** Starts another command, such as `trace --follow`, on its machine. */
  run(...args: readonly string[]): Process {
    return this.host.spawn([
      process.execPath,
      MAIN,
      ...args,
      '--http-listen',
      `${this.host.address}:${HTTP}`,
    ]);
  }

  /** Where phones send their requests. */
  get proxy(): string {
    return `${this.host.address}:5060`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it logged, one object a line. */
  logs(): Record<string, unknown>[] {
    return this.#process.transcript
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The next line of its log with this message. */
  async logged(message: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.#process.line(new RegExp(`"msg":"${message}"`))) as Record<string, unknown>;
  }

  async http(path: string): Promise<Response> {
    return fetch(`http://${this.host.address}:${HTTP}${path}`, { signal: AbortSignal.timeout(ANSWER) });
  }

  /** Lets it end in order. */
  async stop(): Promise<Exit> {
    return this.#process.stop('SIGINT');
  }

  /** As when its machine dies. */
  async kill(): Promise<Exit> {
    return this.#process.stop('SIGKILL');
  }

  async #ready(): Promise<void> {
    const isReady = () =>
      this.http('/readyz')
        .then(({ status }) => status === 200)
        .catch(() => false);
    await this.#process.first(until(() => '/readyz of tandem', isReady, START));
  }
}

async function write(folder: string, tenant: Tenant): Promise<void> {
  await writeFile(join(folder, `${tenant.name}.yaml`), configuration(tenant));
}

/** The resources of a tenant as YAML. */
export function configuration({ name, users, ...tenantSpec }: Tenant): string {
  const resources = [
    { apiVersion: 'tandem/v1', kind: 'Tenant', metadata: { name }, spec: tenantSpec },
    ...users.map(({ name: user, password, ...spec }) => ({
      apiVersion: 'tandem/v1',
      kind: 'User',
      metadata: { tenant: name, name: user },
      spec: { ...spec, credentials: { password } },
    })),
  ];
  return resources.map((resource) => stringify(resource)).join('---\n');
}

function up(address: string, config: string, data: string): string[] {
  return [
    'up',
    ...['--config', config, '--data', data],
    ...['--sip-listen', `udp://${address}:5060,tcp://${address}:5060`],
    ...['--rtp-listen', `${address}:20000-29999`],
    ...['--http-listen', `${address}:${HTTP}`],
  ];
}
