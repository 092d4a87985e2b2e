import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { until } from './deadline.ts';
import type { Host } from './host.ts';
import type { Exit, Process } from './process.ts';

const MAIN = join(import.meta.dirname, '../../services/cli/src/main.ts');
const START = 15_000;
const ANSWER = 2_000;
const HTTP = 8080;

/** A tenant and its users, as a test wants them. */
export interface Tenant {
  readonly name: string;
  readonly domains: readonly string[];
  readonly users: readonly User[];
}

interface User {
  readonly name: string;
  readonly password: string;
  readonly aliases?: readonly string[];
  readonly callerId?: string;
  readonly maxContacts?: number;
}

/** `tandem up` in a host, with SIP on port 5060 over UDP and TCP. */
export class Tandem {
  readonly host: Host;
  readonly #process: Process;

  private constructor(host: Host, process: Process) {
    this.host = host;
    this.#process = process;
  }

  /** Starts it with a configuration and, where a test needs that, more flags; it is ready when this returns. */
  static async start(host: Host, tenant: Tenant, flags: readonly string[] = []): Promise<Tandem> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-'));
    const [configFolder, data] = [join(folder, 'config'), join(folder, 'data')];
    await Promise.all([configFolder, data].map((path) => mkdir(path)));
    await writeFile(join(configFolder, `${tenant.name}.yaml`), configuration(tenant));
    const listen = up(host.address, configFolder, data);
    const tandem = new Tandem(host, host.spawn([process.execPath, MAIN, ...listen, ...flags]));
    await tandem.#ready();
    return tandem;
  }

  /** Where phones send their requests. */
  get proxy(): string {
    return `${this.host.address}:5060`;
  }

  /** What it logged, one object a line. */
  logs(): Record<string, unknown>[] {
    return this.#process.transcript
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
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

/** The resources of a tenant as YAML. */
export function configuration({ name, domains, users }: Tenant): string {
  const resources = [
    { apiVersion: 'tandem/v1', kind: 'Tenant', metadata: { name }, spec: { domains } },
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
