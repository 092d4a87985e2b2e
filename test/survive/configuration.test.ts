import { connect } from '@nats-io/transport-node';
import { event } from '@tandem/contract';
import { expect } from 'vitest';
import { type Cluster, region } from '../harness/cluster.ts';
import { Cut } from '../harness/cut.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { acme } from '../wire/acme.ts';
import { Party } from './agent/party.ts';
import { figure, milliseconds } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

interface NodeRow {
  readonly tier: string;
  readonly id: string;
  readonly configuration: string;
}

/** The version that each router has in force, as `tandem nodes` tells. */
async function versions(cluster: Cluster): Promise<string[]> {
  const rows = JSON.parse(await cluster.edge(0).ask('nodes', '-o', 'json')) as NodeRow[];
  return rows.filter(({ tier }) => tier === 'router').map(({ configuration }) => configuration);
}

function withRingTimeout(ringTimeout: number): typeof acme {
  return { ...acme, ringTimeout };
}

/** The next event of the configuration that is told while `work` is done, or after it. */
async function told(cluster: Cluster, work: () => Promise<void>): Promise<event.Event['kind']> {
  const connection = await connect({ servers: cluster.servers.nats.url });
  try {
    const events = connection.subscribe(`told.tandem.${region}.configuration.>`, { max: 1 });
    await connection.flush();
    await work();
    for await (const { data } of events) return event.Event.decode(data).kind;
    throw new Error('the bus was closed');
  } finally {
    await connection.close();
  }
}

describe('a change of the configuration', () => {
  it('is in force at every router without a restart, and no call minds', { timeout: 3 * SCENARIO }, async ({
    cluster,
  }) => {
    const party = await Party.open(cluster, 2);
    const calls = await party.hold(4);
    const [before] = await versions(cluster);
    const began = performance.now();
    await cluster.configure(withRingTimeout(17));
    await until(
      () => 'a new version at every router',
      async () => {
        const now = await versions(cluster);
        return new Set(now).size === 1 && now[0] !== before;
      },
    );
    figure(
      `tandem apply: in force at ${(await versions(cluster)).length} routers after ${milliseconds(performance.now() - began)}, commands included`,
    );
    expect(await Promise.all(calls.map((call) => call.end('caller')))).toEqual(calls.map(() => 200));
    expect(party.complaints).toEqual([]);
  });

  it('that is wrong is refused by the command, and names what is wrong', { timeout: 3 * SCENARIO }, async ({
    cluster,
  }) => {
    const before = await versions(cluster);
    const wrong = { ...acme, ringTimeout: -1 };
    await expect(cluster.configure(wrong)).rejects.toThrow('ringTimeout');
    expect(await versions(cluster)).toEqual(before);
  });

  it('that is wrong and got in all the same is told, and what was before stays in force', {
    timeout: 3 * SCENARIO,
  }, async ({ cluster }) => {
    const before = await versions(cluster);
    const { etcd } = cluster.servers;
    const key = '/tandem/config/User/acme/broken';
    const kind = await told(cluster, async () => {
      await etcd.write(key, 'kind: Nonsense');
    });
    expect(kind).toMatchObject({ $case: 'configurationRejected' });
    expect(await versions(cluster)).toEqual(before);
    const party = await Party.open(cluster, 1);
    expect(await (await party.call()).end('caller')).toBe(200);
    await etcd.write(key);
  });

  it('that does not reach a router is told with the versions of all', { timeout: 3 * SCENARIO }, async ({
    cluster,
  }) => {
    const cut = await Cut.between(cluster.router(0).host, cluster.network.gateway, {
      port: Number(new URL(cluster.servers.etcd.url).port),
    });
    const kind = await told(cluster, () => cluster.configure(withRingTimeout(19)));
    expect(kind).toMatchObject({
      $case: 'configurationSkewed',
      value: { nodes: [{ id: 'router-1' }, { id: 'router-2' }] },
    });
    await cut.heal();
    await until(
      () => 'one version at every router',
      async () => new Set(await versions(cluster)).size === 1,
      20_000,
    );
  });
});
