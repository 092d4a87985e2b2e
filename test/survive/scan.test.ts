import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Cluster, Node } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { Sipp } from '../harness/sipp.ts';
import { acme, domain, nextAccount } from '../wire/acme.ts';
import { Phone } from '../wire/phone.ts';
import { statusOf } from '../wire/reply.ts';
import { it as base, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd', 'sipp', 'svmap');

/** What a scan may take until its source is banned everywhere, in milliseconds. */
const BANNED = 30_000;
/** Nobody is trusted here, and the second edge knows no scanner by its name. */
const it = base.extend({
  made: [
    {
      tenant: acme,
      counts: { router: 1, media: 1 },
      env: () => ({ TANDEM_SIP_TRUSTED: '' }),
      nodeFlags: { 'edge-2': ['--sip-scanners', 'nobody'] },
    },
    { scope: 'file' },
  ],
});

interface BanRow {
  readonly source: string;
  readonly policy: string;
  readonly count: number;
  readonly detail: string;
  readonly node: string;
}

async function bansAt(node: Node): Promise<BanRow[]> {
  return JSON.parse(await node.ask('bans', '-o', 'json')) as BanRow[];
}

/** Waits until each edge has so many bans, and returns those that any of them tells of. */
async function bansOf(cluster: Cluster, count: number): Promise<ReadonlyMap<string, BanRow>> {
  const edges = [cluster.edge(0), cluster.edge(1)];
  await until(
    () => `both edges to have ${count} bans`,
    async () => (await Promise.all(edges.map(bansInForce))).every((known) => known === count),
    BANNED,
  );
  return new Map((await bansAt(cluster.edge(0))).map((ban) => [ban.source, ban]));
}

async function bansInForce(edge: Node): Promise<number> {
  return sumOf(await seriesOf(edge), 'tandem_bans');
}

/** Names of users, and of nobody, in turn. */
const names = Array.from({ length: 400 }, (_, index) => `${(index % 2 === 0 ? 1_000 : 5_000) + index}`);

/** Asks an edge for one name after the other, as a phone would; returns what it said to each, without what differs anyhow. */
async function enumerate(host: Host, edge: Node): Promise<Set<string>> {
  const tool = await Sipp.start(host, {
    scenario: join(import.meta.dirname, 'scenarios/uac-enumerate.xml'),
    remote: `${edge.address}:5060`,
    lines: names.map((name) => [name]),
    calls: names.length,
    rate: 40,
    keys: { domain },
  });
  const { trace } = await tool.finish(BANNED);
  return new Set(trace.filter(({ way }) => way === 'received').map(({ message }) => message.start));
}

/** Runs a tool of sipvicious to its end, and returns what it said. */
async function scan(host: Host, ...argv: readonly [string, ...string[]]): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'sipvicious-'));
  const tool = host.spawn(argv, { env: { HOME: home }, cwd: home });
  await tool.ended(BANNED);
  return tool.transcript.join('\n');
}

describe('a scan by sipvicious', () => {
  // Each tool waits for ten seconds of silence before it gives up: all of them wait at once.
  it('finds nobody, and its source is banned at every edge', { timeout: SCENARIO }, async ({ cluster }) => {
    const [named, unnamed] = [cluster.edge(0).address, cluster.edge(1).address];
    const tools = ['svmap', 'svwar', 'svcrack'] as const;
    const [mapper, enumerator, guesser] = await Promise.all(tools.map((tool) => cluster.network.host(tool)));
    // svwar gives up where whoever is asked for is challenged; this one does not.
    const patient = await cluster.network.host('patient enumerator');
    const [answers, mapped, enumerated, guessed] = await Promise.all([
      enumerate(patient, cluster.edge(1)),
      scan(mapper!, 'svmap', named),
      scan(enumerator!, 'svwar', '--force', '-e1000-1399', unnamed),
      scan(guesser!, 'svcrack', '-u1001', '-r1-100000', unnamed),
    ]);
    for (const said of [mapped, enumerated, guessed]) expect(said).toContain('found nothing');
    expect(mapped).not.toContain(`${named}:5060`);
    expect([...answers]).toEqual(['SIP/2.0 401 Unauthorized']);
    const bans = await bansOf(cluster, 3);
    expect(bans.get(mapper!.address)).toMatchObject({
      ...{ policy: 'scanner', count: 1, detail: 'friendly-scanner', node: 'edge-1' },
    });
    expect(bans.get(guesser!.address)).toMatchObject({
      policy: expect.stringMatching(/^(credentials|strangers)$/),
      node: 'edge-2',
    });
    expect(bans.get(patient.address)).toMatchObject({ policy: 'strangers', node: 'edge-2' });
    expect(await cluster.edge(0).ask('nodes')).toMatch(/edge +edge-2 +serving .* [0-9]+ % /);
    expect(await cluster.edge(1).ask('bans')).toMatch(new RegExp(`${mapper!.address} +scanner +1 `));
  });

  it('costs phones nothing, until an operator bans them', { timeout: SCENARIO }, async ({ cluster }) => {
    const { gateway } = cluster.network;
    const lines = cluster.nodes.filter(({ tier }) => tier === 'edge');
    const [phone, other] = await Promise.all(
      lines.map(({ address: remote }) =>
        Phone.open(nextAccount(), { transport: 'udp', local: gateway, remote }),
      ),
    );
    expect(statusOf(await phone!.register())).toBe(200);
    expect(statusOf(await other!.register())).toBe(200);
    const before = await Promise.all(lines.map(bansInForce));
    await cluster.media(0).ask('bans', 'add', `${gateway}/32`, '--for', '10m');
    expect(await bansAt(cluster.router(0))).toContainEqual(
      expect.objectContaining({ source: gateway, policy: 'operator', count: 0 }),
    );
    await cluster.edge(1).ask('bans', 'remove', gateway);
    await until(
      () => 'both edges to take what the phones send',
      async () => (await Promise.all(lines.map(bansInForce))).join() === before.join(),
    );
    expect(statusOf(await phone!.register())).toBe(200);
    expect(statusOf(await other!.register())).toBe(200);
    phone!.close();
    other!.close();
  });
});
