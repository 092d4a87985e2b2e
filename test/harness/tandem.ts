import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Host } from './host.ts';
import { HTTP, MAIN, TandemProcess } from './tandem-process.ts';

/** A tenant and its users, as a test wants them. */
export interface Tenant {
  readonly name: string;
  readonly domains: readonly string[];
  readonly users: readonly User[];
  readonly callsToOtherDomains?: boolean;
  readonly hideTopology?: boolean;
  /** More resources of the tenant: their specs by kind and name. */
  readonly more?: Partial<
    Record<'Trunk' | 'Number' | 'Route' | 'Schedule' | 'Deck', Readonly<Record<string, object>>>
  >;
  readonly ringTimeout?: number;
  readonly followRedirects?: boolean;
  readonly dialPlan?: object;
  readonly alertInfo?: object;
  readonly media?: { readonly anchor?: 'auto' | 'always' | 'never'; readonly inactivity: number };
  readonly auth?: { readonly algorithms?: readonly string[] };
  readonly limits?: { readonly maxCalls?: number; readonly callsPerSecond?: number };
  readonly sessionTimer?: { readonly expires?: number; readonly minExpires: number };
  readonly registration?: {
    readonly minExpires?: number;
    readonly defaultExpires?: number;
    readonly maxExpires?: number;
    readonly keepAlive?: number;
  };
}

export interface User {
  readonly name: string;
  readonly password: string;
  readonly aliases?: readonly string[];
  readonly callerId?: string;
  readonly callerIds?: readonly string[];
  readonly classes?: readonly string[];
  readonly enabled?: boolean;
  readonly maxContacts?: number;
  readonly maxContactsPolicy?: 'reject' | 'replace';
  readonly media?: { readonly anchor: 'auto' | 'always' | 'never' };
  readonly codecs?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly tagHeaders?: Readonly<Record<string, string>>;
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
  readonly ringTimeout?: number;
  readonly keepAlive?: number;
}

/** `tandem up` in a host, with SIP on port 5060 over UDP and TCP. */
export class Tandem extends TandemProcess {
  /** The folder for what it keeps over a restart. */
  readonly data: string;
  readonly #config: string;

  private constructor(
    host: Host,
    folders: { readonly config: string; readonly data: string },
    argv: string[],
    env: Readonly<Record<string, string>>,
  ) {
    super(host, argv, env);
    this.data = folders.data;
    this.#config = folders.config;
  }

  /**
   * Starts it with a tenant, or with a folder of configuration that is there already, and, where a test needs that,
   * more flags for it and for its Node, and variables of its environment; it is ready when this returns.
   */
  static async start(
    host: Host,
    configured: Tenant | string,
    flags: readonly string[] = [],
    nodeFlags: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Tandem> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-'));
    const there = typeof configured === 'string' ? configured : undefined;
    const [config, data] = [there ?? join(folder, 'config'), join(folder, 'data')];
    await Promise.all([config, data].map((path) => mkdir(path, { recursive: true })));
    if (typeof configured !== 'string') await write(config, configured);
    const argv = [...nodeFlags, MAIN, ...up(host.address, config, data), ...flags];
    const tandem = new Tandem(host, { config, data }, argv, env);
    await tandem.start();
    return tandem;
  }

  /** Changes the resources of a tenant while it runs. */
  async configure(tenant: Tenant): Promise<void> {
    await write(this.#config, tenant);
  }

  /** Where phones send their requests. */
  get proxy(): string {
    return `${this.host.address}:5060`;
  }
}

async function write(folder: string, tenant: Tenant): Promise<void> {
  await writeFile(join(folder, `${tenant.name}.yaml`), configuration(tenant));
}

/** The resources of a tenant as YAML. */
export function configuration({ name, users, more = {}, ...tenantSpec }: Tenant): string {
  const resources = [
    { apiVersion: 'tandem/v1', kind: 'Tenant', metadata: { name }, spec: tenantSpec },
    ...users.map(({ name: user, password, ...spec }) => ({
      apiVersion: 'tandem/v1',
      kind: 'User',
      metadata: { tenant: name, name: user },
      spec: { ...spec, credentials: { password } },
    })),
    ...Object.entries(more).flatMap(([kind, named]) =>
      Object.entries(named).map(([own, spec]) => ({
        apiVersion: 'tandem/v1',
        kind,
        metadata: { tenant: name, name: own },
        spec,
      })),
    ),
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
