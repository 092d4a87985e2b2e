import { expect } from 'vitest';
import { Party } from '../survive/agent/party.ts';
import { it, SCENARIO } from '../survive/fixture.ts';
import type { Cluster } from './cluster.ts';
import { until } from './deadline.ts';
import { needs } from './needs.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

interface Row {
  readonly tier: string;
  readonly id: string;
}

/** The nodes that a node knows. */
async function known(cluster: Cluster): Promise<string[]> {
  const rows = JSON.parse(await cluster.edge(0).ask('nodes', '-o', 'json')) as Row[];
  return rows.map(({ id }) => id).toSorted();
}

describe('a cluster', () => {
  it('has a node on each machine, and each knows all', { timeout: SCENARIO }, async ({ cluster }) => {
    const all = cluster.nodes.map(({ id }) => id).toSorted();
    expect(all).toEqual(['edge-1', 'edge-2', 'media-1', 'media-2', 'router-1', 'router-2']);
    await until(
      () => 'all nodes to be known',
      async () => (await known(cluster)).join() === all.join(),
    );
    expect(new Set(cluster.nodes.map(({ address }) => address)).size).toBe(6);
  });

  it('needs no privilege of the system', async ({ cluster }) => {
    const capabilities = cluster.nodes.map((node) => node.capabilities());
    expect(new Set(await Promise.all(capabilities))).toEqual(new Set(['0'.repeat(16)]));
  });

  it('carries calls by way of the shared address, wherever that is', async ({ cluster }) => {
    const party = await Party.open(cluster, 2, { rate: 'speech' });
    for (const edge of [cluster.edge(1), cluster.edge(0)]) {
      await cluster.shared.move(edge.host);
      const call = await party.call();
      await until(
        () => 'both to hear',
        () => call.legs.every(({ audio }) => audio.arrivals.length > 0),
      );
      expect(await call.end('callee')).toBe(200);
    }
    expect(party.complaints).toEqual([]);
  });

  it('tells metrics, and not those of a node that is dead until it runs again', async ({ cluster }) => {
    const workers = () => cluster.sum('media', 'tandem_media_port_pairs');
    const both = await workers();
    await cluster.media(0).kill();
    expect(await workers()).toBe(both / 2);
    await cluster.media(0).start();
    expect(await workers()).toBe(both);
  });
});
