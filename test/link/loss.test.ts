import { derive } from '@tandem/platform';
import { Secret } from '@tandem/resource';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { Load } from './load.ts';
import type { RouterProcess } from './router-process.ts';
import type { Pool, Routers } from './routers.ts';
import { register } from './routers.ts';

const describe = needs('namespace');

async function serving({ pool }: Pool, count: number): Promise<void> {
  await until(
    () => `${count} routers that serve, of which there are ${pool.serving}`,
    () => pool.serving === count,
  );
}

/** Two routers that take their time, and a pool that asks both. */
async function pair(routers: Routers): Promise<[RouterProcess, RouterProcess, Pool]> {
  const [one, two] = await Promise.all([
    routers.router('router-1', { decisionMs: 5 }),
    routers.router('router-2', { decisionMs: 5 }),
  ]);
  const pool = routers.pool([one.address, two.address]);
  await serving(pool, 2);
  return [one, two, pool];
}

async function expectNoFailure(load: Load): Promise<void> {
  await load.end();
  expect(load.failures).toEqual([]);
  expect(load.strange).toEqual([]);
}

describe('under a stream of requests', () => {
  it('both routers share the work, many requests in a message', async ({ routers }) => {
    const [one, two, { pool, metric }] = await pair(routers);
    const load = new Load(pool, 200);
    await load.more(5_000);
    await expectNoFailure(load);
    const decided = await Promise.all(
      [one, two].map((each) => each.metric('tandem_router_decisions_total{result="decided"}')),
    );
    expect(decided[0]! + decided[1]!).toBeGreaterThanOrEqual(load.answered);
    expect(Math.min(...decided) / load.answered).toBeGreaterThan(0.1);
    const messages = await metric('tandem_router_batch_requests_count');
    expect(await metric('tandem_router_batch_requests_sum')).toBeGreaterThanOrEqual(load.answered);
    expect(load.answered / messages).toBeGreaterThan(5);
    expect(await one.metric('tandem_router_batches_total{direction="sent"}')).toBeLessThan(decided[0]! / 3);
  });

  it('a router that is killed costs none of them', async ({ routers }) => {
    const [one, two, pool] = await pair(routers);
    const load = new Load(pool.pool);
    await load.more(500);
    await one.kill();
    await load.more(500);
    await expectNoFailure(load);
    expect(await pool.metric('tandem_router_requests_total{event="retried"}')).toBeGreaterThan(0);
    expect(await pool.metric('tandem_routers_connected{state="serving"}')).toBe(1);
    expect(await two.metric('tandem_router_decisions_total{result="decided"}')).toBeGreaterThan(500);
  });

  it('a router that is stuck costs none of them, and is asked again once it moves', async ({ routers }) => {
    const [one, , pool] = await pair(routers);
    const load = new Load(pool.pool);
    await load.more(500);
    one.pause();
    await until(
      () => 'a router that is silent',
      async () => (await pool.metric('tandem_routers_connected{state="silent"}')) === 1,
    );
    await load.more(500);
    await until(
      () => 'requests that are asked of another router as well',
      async () => (await pool.metric('tandem_router_requests_total{event="timed_out"}')) > 0,
    );
    one.resume();
    await serving(pool, 2);
    const before = await one.metric('tandem_router_decisions_total{result="decided"}');
    await load.more(500);
    await expectNoFailure(load);
    const after = await one.metric('tandem_router_decisions_total{result="decided"}');
    expect(after - before).toBeGreaterThan(100);
  });

  it('a router that is stuck for longer than its connection lasts is asked again', async ({ routers }) => {
    const [one, , pool] = await pair(routers);
    const load = new Load(pool.pool);
    await load.more(100);
    one.pause();
    await until(
      () => 'a router that is not connected',
      async () =>
        (await pool.metric('tandem_routers_connected{state="silent"}')) === 0 && pool.pool.serving === 1,
      15_000,
    );
    one.resume();
    await serving(pool, 2);
    await load.more(100);
    await expectNoFailure(load);
  });

  it('a router that is stopped costs none of them, and none is asked twice', async ({ routers }) => {
    const [one, , pool] = await pair(routers);
    const load = new Load(pool.pool);
    await load.more(500);
    await one.stop();
    await load.more(500);
    await expectNoFailure(load);
    expect(await pool.metric('tandem_router_requests_total{event="retried"}')).toBeLessThanOrEqual(
      await pool.metric('tandem_router_requests_total{event="timed_out"}'),
    );
  });

  it('a router that comes back at the same address is asked again', async ({ routers }) => {
    const [one, , pool] = await pair(routers);
    const load = new Load(pool.pool);
    await one.kill();
    await load.more(200);
    const again = await routers.router('router-1', { listen: one.address });
    await serving(pool, 2);
    await load.more(200);
    await expectNoFailure(load);
    expect(await again.metric('tandem_router_decisions_total{result="decided"}')).toBeGreaterThan(20);
  });
});

describe('without a router', () => {
  it('a request fails in time, and says so', async ({ routers }) => {
    const { pool, metric } = routers.pool(['127.0.0.1:9']);
    await expect(pool.decide(register())).rejects.toThrow(
      'router-unavailable: no verdict within 2000 ms; no router could be asked',
    );
    expect(await metric('tandem_router_requests_total{event="failed"}')).toBe(1);
    expect(routers.lines).toContainEqual(
      expect.objectContaining({
        router: '127.0.0.1:9',
        err: expect.objectContaining({
          fault: 'router-refused',
          detail: expect.stringContaining('ECONNREFUSED'),
        }),
      }),
    );
  });

  it('more requests than may wait are refused at once', async ({ routers }) => {
    const { pool, metric } = routers.pool(['127.0.0.1:9'], { capacity: 3 });
    const waiting = Array.from({ length: 3 }, () => pool.decide(register()).catch(String));
    await expect(pool.decide(register())).rejects.toThrow(
      'router-unavailable: 3 requests wait for a verdict',
    );
    expect(await metric('tandem_router_requests_total{event="shed"}')).toBe(1);
    pool.close();
    expect(await Promise.all(waiting)).toEqual(
      Array(3).fill('Fault: router-unavailable: the edge has stopped'),
    );
  });
});

describe('an edge with another cluster secret', () => {
  it('is let in by no router, and both say why', async ({ routers }) => {
    const router = await routers.router('router-1');
    const secret = derive(new Secret('the secret of quite another cluster'), 'router');
    const { pool } = routers.pool([router.address], { secret });
    await expect(pool.decide(register())).rejects.toThrow('router-unavailable');
    const why = 'the cluster secret of edge-1 is another one';
    expect(routers.lines).toContainEqual(
      expect.objectContaining({
        err: expect.objectContaining({ detail: expect.stringContaining(`UNAUTHENTICATED: ${why}`) }),
      }),
    );
    expect(router.lines.join('\n')).toContain(why);
    expect(await router.metric('tandem_router_decisions_total{result="decided"}')).toBe(0);
  });
});
