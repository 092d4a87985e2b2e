import { RedisLocation } from '@tandem/location';
import { describeLocation, sampleChange, sampleConnection } from '@tandem/location/compliance';
import {
  type Redis,
  RedisCallLimits,
  RedisCallStore,
  RedisNonceCounts,
  RedisTrunkStore,
} from '@tandem/platform';
import {
  callLimitsCompliance,
  callStoreCompliance,
  nonceCountsCompliance,
  sampleCall,
  trunkStoreCompliance,
} from '@tandem/platform/compliance';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

  it('has the name of a call before its record, also when it knows no script yet', async () => {
    const [calls] = await fresh((redis) => new RedisCallStore(redis));
    await server.cli('script', 'flush');
    await server.cli('config', 'set', 'slowlog-log-slower-than', '0');
    await server.cli('slowlog', 'reset');
    await calls!.put(sampleCall({ id: 'a' }), Date.now() + 60_000, Date.now());
    const done = (await server.cli('slowlog', 'get')).toReversed();
    await server.cli('config', 'set', 'slowlog-log-slower-than', '-1');
    const named = done.lastIndexOf('calls-of:{edge-1}');
    expect(named).toBeGreaterThan(0);
    expect(done.lastIndexOf('call:a')).toBeGreaterThan(named);
  });
  callLimitsCompliance('Redis', () => fresh((redis) => new RedisCallLimits(redis)));
  trunkStoreCompliance('Redis', () => fresh((redis) => new RedisTrunkStore(redis)));
  nonceCountsCompliance('Redis', async () => (await fresh((redis) => new RedisNonceCounts(redis)))[0]!);

  /** How often each command was carried out. */
  async function commands(task: () => Promise<unknown>): Promise<Record<string, number>> {
    await server.cli('config', 'resetstat');
    await task();
    const lines = (await server.cli('info', 'commandstats')).map((line) =>
      /^cmdstat_(\w+):calls=(\d+)/.exec(line),
    );
    const counted = lines
      .filter((match) => match !== null)
      .map(([, name = '', calls]) => [name, Number(calls)]);
    return Object.fromEntries(counted);
  }

  it('needs one command for a refresh through the same router, and one for each lookup', async () => {
    const [location] = (await fresh((redis) => new RedisLocation(redis))) as [RedisLocation];
    const flow = sampleConnection(7);
    const now = Date.now();
    await location.update('acme/1001', sampleChange({ flow }), now);
    const refresh = await commands(() => location.update('acme/1001', sampleChange({ flow, cseq: 2 }), now));
    expect(refresh).toMatchObject({ evalsha: 1 });
    expect(Object.keys(refresh).sort()).toEqual(['evalsha', 'hdel', 'hget', 'hset', 'pexpire']);
    const lookup = await commands(() => location.lookup(['acme/1001', 'acme/1002'], now));
    expect(lookup).toMatchObject({ hgetall: 2 });
  });

  it('holds a binding in 600 bytes', async () => {
    const [location] = (await fresh((redis) => new RedisLocation(redis))) as [RedisLocation];
    await location.update('acme/1001', sampleChange({ flow: sampleConnection(7) }), Date.now());
    const [bytes] = await server.cli('memory', 'usage', 'loc:{acme/1001}');
    expect(Number(bytes)).toBeLessThan(600);
  });

  it('leaves nothing that does not go by itself', async () => {
    const [location] = (await fresh((redis) => new RedisLocation(redis))) as [RedisLocation];
    const now = Date.now();
    await location.update('acme/1001', sampleChange({ flow: sampleConnection(7) }), now);
    await new RedisNonceCounts(clients[0]!).claim('n', 1, now + 60_000, now);
    await new RedisCallLimits(clients[0]!).acquire('c', [{ name: 'tenant/acme', max: 1 }], now + 60_000, now);
    const keys = await server.cli('keys', '*');
    expect(keys).toHaveLength(6);
    for (const key of keys) expect(Number((await server.cli('pttl', key))[0])).toBeGreaterThan(0);
  });

  it('gets in with a password, and says without it why it does not', async () => {
    const guarded = await RedisServer.start({ arguments: ['--requirepass', 'hunter2'] });
    const url = (password: string) => `redis://:${password}@127.0.0.1:${guarded.port}/3`;
    const [right, wrong] = await Promise.all([openRedis(url('hunter2')), openRedis(url('hunter3'))]);
    try {
      await right.command('put', 'k', ['SET', 'k', 'v']);
      const refusal = await wrong
        .command('put', 'k', ['SET', 'k', 'v'])
        .catch((error: Error) => error.message);
      expect(refusal).toMatch(/redis-unavailable: 127\.0\.0\.1:\d+: WRONGPASS/);
      expect(refusal).not.toContain('hunter');
    } finally {
      await Promise.all([right.close(), wrong.close()]);
      await guarded.stop();
    }
  });

  it('says what Redis refused', async () => {
    await expect(clients[0]!.command('get', 'k', ['HGET', 'k'])).rejects.toMatchObject({
      kind: { code: 'redis-refused' },
      message: expect.stringContaining('wrong number of arguments'),
    });
  });
});
