import { RedisLocation } from '@tandem/location';
import { describeLocation, sampleChange } from '@tandem/location/compliance';
import { type Redis, RedisCallLimits, RedisCallStore, RedisNonceCounts } from '@tandem/platform';
import {
  callLimitsCompliance,
  callStoreCompliance,
  nonceCountsCompliance,
} from '@tandem/platform/compliance';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { openRedis } from '../harness/redis-client.ts';
import { RedisCluster } from '../harness/redis-server.ts';

const now = Date.now();

needs('redis-server')('Redis Cluster', () => {
  let cluster: RedisCluster;
  let clients: Redis[];

  beforeAll(async () => {
    cluster = await RedisCluster.start({ replicas: 1 });
    clients = await Promise.all([openRedis(cluster.url), openRedis(cluster.url)]);
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await cluster.stop();
  });

  async function fresh<T>(make: (redis: Redis) => T): Promise<T[]> {
    for (const node of await cluster.masters()) await node.cli('flushall');
    return clients.map(make);
  }

  describeLocation('Redis Cluster', () => fresh((redis) => new RedisLocation(redis)));
  callStoreCompliance('Redis Cluster', () => fresh((redis) => new RedisCallStore(redis)));
  callLimitsCompliance('Redis Cluster', () => fresh((redis) => new RedisCallLimits(redis)));
  nonceCountsCompliance(
    'Redis Cluster',
    async () => (await fresh((redis) => new RedisNonceCounts(redis)))[0]!,
  );

  it('follows a slot that moves to another node', async () => {
    const [location] = await fresh((redis) => new RedisLocation(redis));
    const users = Array.from({ length: 60 }, (_, user) => `acme/${user}`);
    for (const user of users) await location!.update(user, sampleChange(), now);
    await cluster.move(300);
    for (const user of users) await location!.update(user, sampleChange({ cseq: 2 }), now);
    expect((await location!.lookup(users, now)).size).toBe(60);
  });

  it('goes on with the replica of a master that is killed', async () => {
    const [location] = await fresh((redis) => new RedisLocation(redis));
    const users = Array.from({ length: 30 }, (_, user) => `acme/${user}`);
    const [victim] = await cluster.masters();
    const start = performance.now();
    await victim!.kill();
    const write = () => Promise.all(users.map((user) => location!.update(user, sampleChange(), now)));
    const written = () =>
      write().then(
        () => true,
        () => false,
      );
    await until(() => 'all users can be written again', written, 20_000);
    process.stdout.write(
      `Redis Cluster: writes go again ${Math.round(performance.now() - start)} ms after SIGKILL\n`,
    );
    expect((await location!.lookup(users, now)).size).toBe(30);
  });
});
