import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Cluster } from '../harness/cluster.ts';
import { needs } from '../harness/needs.ts';
import type { Tenant } from '../harness/tandem.ts';
import { acme, nextAccount } from '../wire/acme.ts';
import { Agent } from './agent/agent.ts';
import { Party } from './agent/party.ts';
import { SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');
const other: Tenant = { name: 'other', domains: ['other.example'], users: [] };

/** What happens on a cluster with this configuration. */
async function onCluster(tenant: Tenant, happens: (cluster: Cluster) => Promise<void>): Promise<void> {
  const cluster = await Cluster.start(`the cluster of ${tenant.name}`, {
    tenant,
    counts: { edge: 1, router: 1, media: 1 },
  });
  try {
    await happens(cluster);
  } finally {
    await cluster.close();
  }
}

async function calls(cluster: Cluster): Promise<void> {
  const party = await Party.open(cluster, 1);
  expect(await (await party.call()).end('caller')).toBe(200);
  expect(party.complaints).toEqual([]);
}

/** As nobody is known there. */
async function refused({ network, proxy }: Cluster): Promise<void> {
  const agent = await Agent.open({ account: nextAccount(), host: network.gateway, proxy });
  await expect(agent.register()).rejects.toThrow('401');
  agent.close();
}

describe('a new installation', () => {
  it('FP-24: makes the same calls once the backup of the old one is restored', {
    timeout: 2 * SCENARIO,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backup-'));
    await onCluster(acme, async (cluster) => {
      await calls(cluster);
      await cluster.command('export', '--secrets', '--file', folder);
    });
    await onCluster(other, async (cluster) => {
      await refused(cluster);
      await cluster.command('restore', '--file', folder);
      await calls(cluster);
    });
  });
});
