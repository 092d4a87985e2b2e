import type { TestAPI } from 'vitest';
import { Cluster, type ClusterOptions } from '../harness/cluster.ts';
import { it as base } from '../harness/fixture.ts';
import { acme } from '../wire/acme.ts';

interface Fixtures {
  /** What the cluster is made of; two nodes of each tier and many users unless a file says otherwise. */
  readonly made: ClusterOptions;
  /** A cluster for all tests of a file; each leaves it with every node running. */
  readonly cluster: Cluster;
}

/** Longer than a scenario takes that does not hang. */
export const SCENARIO = 120_000;

export const it: TestAPI<Fixtures> = base.extend<Fixtures>({
  made: [{ tenant: acme }, { scope: 'file' }],
  cluster: [
    async ({ made }, use) => {
      const cluster = await Cluster.start('the cluster', made);
      await use(cluster);
      await cluster.close();
    },
    { scope: 'file' },
  ],
});
