import { RedisLocation } from '@tandem/location';
import { sampleChange, sampleConnection, sampleContact } from '@tandem/location/compliance';
import { createLog, Metrics, RedisCallLimits, RedisCallStore, RedisNonceCounts } from '@tandem/platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { openRedis } from '../harness/redis-client.ts';
import { RedisServer } from '../harness/redis-server.ts';

const now = Date.now();
const aor = 'acme/1001';
const unavailable = { kind: { code: 'redis-unavailable' } };

needs('redis-server')('While Redis is away', () => {
  let server: RedisServer;
  const ends: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
  });

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await server.kill();
  });

  async function open(deadlineMs = 10_000) {
    const redis = await openRedis(server.url, { deadlineMs });
    ends.push(() => redis.close());
    return redis;
  }

  const back = (redis: { readonly connected: boolean }) =>
    until(
      () => 'Redis again',
      () => redis.connected,
    );
  const away = (redis: { readonly connected: boolean }) =>
    until(
      () => 'no Redis',
      () => !redis.connected,
    );

  it('a process starts, and goes on when Redis comes', async () => {
    await server.stop();
    const redis = await open();
    expect(redis.connected).toBe(false);
    const location = new RedisLocation(redis);
    await expect(location.update(aor, sampleChange(), now)).rejects.toMatchObject(unavailable);
    await server.restart();
    await back(redis);
    expect((await location.update(aor, sampleChange(), now)).bindings).toHaveLength(1);
  });

  it('known bindings are found for a minute, and others are not', async () => {
    const redis = await open();
    const location = new RedisLocation(redis);
    const contacts = [sampleContact('a', { expires: 30 }), sampleContact('b')];
    await location.update(aor, sampleChange({ contacts }), now);
    await location.lookup(['acme/nobody'], now);
    await server.stop();
    await away(redis);
    const found = async (at: number) => (await location.lookup([aor, 'acme/nobody'], at)).get(aor)?.length;
    expect(await found(now + 29_000)).toBe(2);
    expect(await found(now + 30_000)).toBe(1);
    await expect(found(now + 62_000)).rejects.toMatchObject(unavailable);
    await expect(location.lookup([aor, 'acme/1002'], now)).rejects.toMatchObject(unavailable);
    const refresh = sampleChange({ cseq: 2, contacts: [sampleContact('b')] });
    await expect(location.update(aor, refresh, now)).rejects.toMatchObject(unavailable);
  });

  it('what went without it is counted', async () => {
    const redis = await open();
    const metrics = new Metrics({
      region: 'local',
      node: 'test',
      log: createLog({ level: 'silent', node: 'test', destination: 2 }),
    });
    ends.push(() => metrics.close());
    redis.observe(metrics);
    const location = new RedisLocation(redis);
    await location.update(aor, sampleChange(), now);
    expect(await metrics.scrape()).toMatch(/^tandem_redis_connected\{?.* 1$/m);
    await server.stop();
    await away(redis);
    await location.lookup([aor], now);
    await new RedisNonceCounts(redis).claim('n', 1, now + 9_000, now);
    const text = await metrics.scrape();
    expect(text).toMatch(/^tandem_redis_connected\{?.* 0$/m);
    for (const operation of ['lookup', 'claim']) {
      expect(text).toMatch(new RegExp(`^tandem_redis_failures_total{.*operation="${operation}".*} 1$`, 'm'));
      expect(text).toMatch(
        new RegExp(`^tandem_redis_substitutions_total{.*operation="${operation}".*} 1$`, 'm'),
      );
    }
  });

  it('nonces are counted by each process for itself, and nothing it has seen is good again', async () => {
    const [redis, second] = [await open(), await open()];
    const [counts, others] = [new RedisNonceCounts(redis), new RedisNonceCounts(second)];
    const claim = (by: RedisNonceCounts, count: number) => by.claim('n', count, now + 60_000, now);
    expect([await claim(counts, 1), await claim(others, 1), await claim(others, 2)]).toEqual([
      true,
      false,
      true,
    ]);
    await server.stop();
    await away(redis);
    expect([await claim(counts, 1), await claim(counts, 3), await claim(counts, 3)]).toEqual([
      false,
      true,
      false,
    ]);
    await server.restart();
    await back(redis);
    expect([await claim(counts, 3), await claim(counts, 4)]).toEqual([false, true]);
    await back(second);
    expect(await claim(others, 4)).toBe(false);
  });

  it('limits and call records say so at once', async () => {
    const redis = await open();
    await server.stop();
    await away(redis);
    const limits = new RedisCallLimits(redis);
    await expect(limits.acquire('a', [{ name: 'tenant/acme', max: 1 }], now + 9, now)).rejects.toMatchObject(
      unavailable,
    );
    await expect(new RedisCallStore(redis).take('a', { node: 'edge-1', end: {} }, now)).rejects.toMatchObject(
      unavailable,
    );
  });

  it('ended connections are remembered, and told when it is back', async () => {
    server = await replaced(server, await RedisServer.start({ appendOnly: true }));
    const redis = await open();
    const location = new RedisLocation(redis);
    await location.update(aor, sampleChange({ flow: sampleConnection(7) }), now);
    await server.kill();
    await away(redis);
    await location.flowEnded('edge-1', 7, now);
    await server.restart();
    await back(redis);
    expect((await location.lookup([aor], now)).get(aor)).toHaveLength(1);
    await location.expire(now);
    expect((await location.lookup([aor], now)).size).toBe(0);
  });

  it('a server that has forgotten everything, its scripts as well, is filled by the next refresh', async () => {
    const redis = await open();
    const location = new RedisLocation(redis);
    await location.update(aor, sampleChange({ flow: sampleConnection(7) }), now);
    await server.kill();
    await away(redis);
    await server.restart();
    await back(redis);
    await location.update(aor, sampleChange({ cseq: 2, flow: sampleConnection(7) }), now);
    expect((await location.list({ limit: 10 }, now)).registrations).toHaveLength(1);
    await location.flowEnded('edge-1', 7, now);
    expect((await location.lookup([aor], now)).size).toBe(0);
  });

  it('an index that was lost is made again by a refresh after its time', async () => {
    const redis = await open();
    const location = new RedisLocation(redis);
    await location.update(aor, sampleChange({ flow: sampleConnection(7) }), now);
    const keys = (await server.cli('keys', 'loc-*')).filter(Boolean);
    await server.cli('del', ...keys);
    const late = now + 3_599_000;
    await location.update(aor, sampleChange({ cseq: 2, flow: sampleConnection(7) }), late);
    await location.update(aor, sampleChange({ cseq: 3, flow: sampleConnection(7) }), late + 2_000);
    expect((await location.list({ limit: 10 }, late)).registrations).toHaveLength(1);
    await location.flowEnded('edge-1', 7, late);
    expect((await location.lookup([aor], late)).size).toBe(0);
  });

  it('a server that is stuck delays a command once, and is used again when it answers', async () => {
    const redis = await open(500);
    const location = new RedisLocation(redis);
    await location.update(aor, sampleChange(), now);
    server.pause();
    await expect(location.update('acme/1002', sampleChange(), now)).rejects.toMatchObject({
      kind: { code: 'redis-timeout' },
    });
    expect(redis.connected).toBe(false);
    expect((await location.lookup([aor], now)).size).toBe(1);
    server.resume();
    await back(redis);
    expect((await location.update(aor, sampleChange({ cseq: 2 }), now)).bindings).toHaveLength(1);
  });
});

async function replaced(old: RedisServer, next: RedisServer): Promise<RedisServer> {
  await old.kill();
  return next;
}
