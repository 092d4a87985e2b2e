import { RedisLocation } from '@tandem/location';
import { describeLocation } from '@tandem/location/compliance';
import { type Redis, RedisCallLimits, RedisCallStore, RedisNonceCounts } from '@tandem/platform';
import {
  callLimitsCompliance,
  callStoreCompliance,
  nonceCountsCompliance,
} from '@tandem/platform/compliance';
import { afterAll, beforeAll } from 'vitest';
import { needs } from '../harness/needs.ts';
import { openRedis } from '../harness/redis-client.ts';
import { RedisServer } from '../harness/redis-server.ts';

needs('redis-server')('Redis', () => {
  let server: RedisServer;
  let clients: Redis[];

  beforeAll(async () => {
    server = await RedisServer.start();
    clients = await Promise.all([openRedis(server.url), openRedis(server.url)]);
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
  });

  /** Each of its own connection, over an empty server. */
  async function fresh<T>(make: (redis: Redis) => T): Promise<T[]> {
    await server.cli('flushall');
    return clients.map(make);
  }

  describeLocation('Redis', () => fresh((redis) => new RedisLocation(redis)));
  callStoreCompliance('Redis', () => fresh((redis) => new RedisCallStore(redis)));
  callLimitsCompliance('Redis', () => fresh((redis) => new RedisCallLimits(redis)));
  nonceCountsCompliance('Redis', async () => (await fresh((redis) => new RedisNonceCounts(redis)))[0]!);
});
