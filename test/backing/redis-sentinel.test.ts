import { RedisLocation } from '@tandem/location';
import { describeLocation, sampleChange } from '@tandem/location/compliance';
import { type Redis, RedisCallStore } from '@tandem/platform';
import { callStoreCompliance } from '@tandem/platform/compliance';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { openRedis } from '../harness/redis-client.ts';
import { RedisSentinels } from '../harness/redis-server.ts';

const now = Date.now();

needs('redis-server', 'redis-sentinel')('Redis behind sentinels', () => {
  let sentinels: RedisSentinels;
  let clients: Redis[];

  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
    clients = await Promise.all([openRedis(sentinels.url), openRedis(sentinels.url)]);
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await sentinels.stop();
  });

  async function fresh<T>(make: (redis: Redis) => T): Promise<T[]> {
    await sentinels.master.cli('flushall');
    return clients.map(make);
  }

  describeLocation('Redis behind sentinels', () => fresh((redis) => new RedisLocation(redis)));
  callStoreCompliance('Redis behind sentinels', () => fresh((redis) => new RedisCallStore(redis)));

  it('goes on with the replica of a master that is killed', async () => {
    const [location] = await fresh((redis) => new RedisLocation(redis));
    await location!.update('acme/1001', sampleChange(), now);
    await until(
      () => 'a replica in sync',
      async () => (await sentinels.replica.cli('keys', 'loc:*')).includes('loc:{acme/1001}'),
    );
    const start = performance.now();
    await sentinels.master.kill();
    let cseq = 1;
    const write = () => location!.update('acme/1001', sampleChange({ cseq: ++cseq }), now);
    const written = () =>
      write().then(
        () => true,
        () => false,
      );
    await until(() => 'writes go again', written, 20_000);
    process.stdout.write(
      `Sentinel: writes go again ${Math.round(performance.now() - start)} ms after SIGKILL\n`,
    );
    const [binding] = (await location!.lookup(['acme/1001'], now)).get('acme/1001') ?? [];
    expect(binding).toMatchObject({ cseq, registeredAt: now });
  });
});
