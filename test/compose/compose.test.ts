import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, describe as plain, it as simply } from 'vitest';
import { parse } from 'yaml';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Process } from '../harness/process.ts';
import { type Servers, startServers } from '../harness/servers.ts';
import { TandemPhone } from '../harness/tandem-phone.ts';
import { MAIN, sources, TandemProcess } from '../harness/tandem-process.ts';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: { readonly cluster?: { readonly ipv4_address: string } };
}

const folder = join(import.meta.dirname, '../../deploy/compose');
const secret = 'the secret of a laptop cluster, from .env';
const deadline = 60_000;

/** The file with variables in place of their names, as compose reads it. */
async function read(variables: Readonly<Record<string, string>>): Promise<Record<string, Service>> {
  const text = await readFile(join(folder, 'compose.yaml'), 'utf8');
  const filled = text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind, otherwise) => {
    const value = variables[name] ?? (kind === '-' ? otherwise : undefined);
    if (value === undefined) throw new Error(`${name} ${otherwise}`);
    return value;
  });
  return (parse(filled, { merge: true }) as { services: Record<string, Service> }).services;
}

/** What runs a tier, by the name of its service. */
function nodesOf(services: Record<string, Service>): [name: string, service: Service][] {
  return Object.entries(services).filter(([name]) => /^(edge|router|media|trunk)-\d$/.test(name));
}

plain('deploy/compose', () => {
  simply('asks for an address and a secret, and has no secret in it', async () => {
    await expect(read({ ADDRESS: '192.0.2.1' })).rejects.toThrow('CLUSTER_SECRET is missing');
    await expect(read({ CLUSTER_SECRET: secret })).rejects.toThrow('ADDRESS is missing');
    const ignored = await readFile(join(folder, '.gitignore'), 'utf8');
    expect(ignored).toContain('.env');
  });

  simply('has two nodes of each tier that calls go through, and the servers that the chart has', async () => {
    const services = await read({ ADDRESS: '192.0.2.1', CLUSTER_SECRET: secret });
    const names = nodesOf(services).map(([name]) => name);
    expect(names).toEqual(['edge-1', 'edge-2', 'router-1', 'router-2', 'media-1', 'media-2', 'trunk-1']);
    const values = parse(await readFile(join(folder, '../../charts/tandem/values.yaml'), 'utf8'));
    for (const server of ['nats', 'redis', 'etcd'])
      expect(services[server]?.image).toBe(values[server].image);
    const addresses = Object.values(services).flatMap(
      ({ networks }) => networks?.cluster?.ipv4_address ?? [],
    );
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  simply('publishes the ports that its nodes listen on', async () => {
    const services = await read({ ADDRESS: '192.0.2.1', CLUSTER_SECRET: secret });
    for (const [name, { environment = {}, ports = [] }] of nodesOf(services)) {
      const listened = `${environment.TANDEM_SIP_LISTEN ?? environment.TANDEM_RTP_LISTEN ?? ''}`;
      const wanted = listened
        .split(',')
        .filter(Boolean)
        .map((each) => each.slice(each.lastIndexOf(':') + 1));
      const published = ports.map((each) => each.replace(/\/.*$/, '').split(':'));
      expect([name, published]).toEqual([name, wanted.map((port) => [port, port])]);
    }
  });
});

/** Starts the nodes with what the file says, each on a machine in place of its container. */
async function start(network: Network, servers: Servers): Promise<Map<string, TandemProcess>> {
  const plan = nodesOf(await read({ ADDRESS: '192.0.2.1', CLUSTER_SECRET: secret }));
  const started = await Promise.all(
    plan.map(async ([name, { command = [], environment = {}, networks }]) => {
      const host = await network.host(name);
      const here = (text: string) =>
        text
          .replaceAll('192.0.2.1', host.address)
          .replaceAll(`${networks?.cluster?.ipv4_address}`, host.address);
      const env = Object.entries(environment).map(([key, value]) => [key, here(value)]);
      const data = ['--data', await mkdtemp(join(tmpdir(), `${name}-`))];
      const argv = [sources.main, ...command, ...data];
      return [
        name,
        new TandemProcess(host, argv, { ...Object.fromEntries(env), ...urlsOf(servers) }),
      ] as const;
    }),
  );
  return new Map(started);
}

function urlsOf({ nats, redis, etcd }: Servers): Record<string, string> {
  return { TANDEM_NATS_URL: nats.url, TANDEM_REDIS_URL: redis.url, TANDEM_ETCD_URL: etcd.url };
}

needs(
  'namespace',
  'nats-server',
  'redis-server',
  'etcd',
)('the cluster of deploy/compose', () => {
  it('carries calls by both edges, and registers who is configured', { timeout: deadline }, async ({
    network,
  }) => {
    const servers = await startServers(network);
    const nodes = await start(network, servers);
    const run = async (...args: readonly string[]) => {
      const env = { ...urlsOf(servers), TANDEM_CLUSTER_SECRET: secret };
      const command = new Process(`tandem ${args[0]}`, [process.execPath, MAIN, ...args], { env });
      expect((await command.ended(deadline)).code, command.transcript.join('\n')).toBe(0);
      return command.transcript;
    };
    await run('apply', '--file', join(folder, 'configuration'));
    await Promise.all([...nodes.values()].map((node) => node.start()));
    const [one, two] = ['edge-1', 'edge-2'].map((name) => nodes.get(name)!.host.address);
    const targets = ['--target', `udp://${one}:5060,tcp://${two}:5070`];
    const limits = ['--max-delay-p95=9999', '--max-delay-p99=9999', '--max-gap=9999', '--max-loss=99'];
    const told = await run('slo', ...targets, ...limits, '--calls', '4', '--talk', '1');
    expect(told.at(-1)).toMatch(/^slo met calls=4 answered=100%/);
    const account = { user: '1001', domain: 'acme.example', password: 'change-me', tone: 440 };
    const phone = await TandemPhone.start(network, { ...account, proxy: `${two}:5070`, transport: 'udp' });
    await phone.register();
    const verdicts = ['router-1', 'edge-1', 'media-1', 'trunk-1'].map(async (name) => {
      const asked = nodes.get(name)!.run('route', 'test', '--from', '1001', '--to', '1002');
      const { code } = await asked.ended(deadline);
      return [code, asked.transcript.join('\n')];
    });
    const router = `router-1 (${nodes.get('router-1')!.host.address}:`;
    expect(await Promise.all(verdicts)).toEqual([
      [0, expect.stringContaining('1001 of acme')],
      ...['edge', 'media', 'trunk'].map((tier) => [
        1,
        expect.stringContaining(`routing-elsewhere: ${tier}-1 is of tier ${tier}; routers are ${router}`),
      ]),
    ]);
  });
});
