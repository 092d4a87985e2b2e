import { MemoryMembers, MemoryMembership, type Presence } from '@tandem/platform';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { Load } from './load.ts';
import type { RouterProcess } from './router-process.ts';
import type { Routers } from './routers.ts';

const describe = needs('namespace');

/** Routers that announce themselves, and an edge that follows that. */
class Announced {
  readonly edge: MemoryMembership;
  readonly #members = new MemoryMembers();
  readonly #routers: Routers;

  constructor(routers: Routers) {
    this.#routers = routers;
    this.edge = new MemoryMembership(routers.log, this.#members);
  }

  async join(
    id: string,
  ): Promise<{ router: RouterProcess; membership: MemoryMembership; presence: Presence }> {
    const router = await this.#routers.router(id, { decisionMs: 5 });
    const membership = new MemoryMembership(this.#routers.log, this.#members);
    const addresses = { grpc: router.address };
    const node = { tier: 'router', id, startedMs: 1, weight: 1, release: '1', addresses } as const;
    const condition = { state: 'serving', load: 0, configuration: '' } as const;
    return { router, membership, presence: await membership.join(node, condition) };
  }
}

const decided = 'tandem_router_decisions_total{result="decided"}';

describe('routers that announce themselves', () => {
  it('are asked from the moment they join', async ({ routers }) => {
    const announced = new Announced(routers);
    const { pool } = routers.pool(announced.edge);
    const load = new Load(pool);
    await announced.join('router-1');
    await load.more(200);
    const { router } = await announced.join('router-2');
    await until(
      () => 'two routers that serve',
      () => pool.serving === 2,
    );
    await load.more(400);
    await load.end();
    expect(load.failures).toEqual([]);
    expect(await router.metric(decided)).toBeGreaterThan(100);
  });

  it('get nothing new while they drain, and something again when they serve again', async ({ routers }) => {
    const announced = new Announced(routers);
    const { pool } = routers.pool(announced.edge);
    const load = new Load(pool);
    const one = await announced.join('router-1');
    await announced.join('router-2');
    await until(
      () => 'two routers that serve',
      () => pool.serving === 2,
    );
    await load.more(200);
    one.presence.update({ state: 'draining' });
    expect(pool.serving).toBe(1);
    await load.more(200);
    const before = await one.router.metric(decided);
    await load.more(200);
    expect(await one.router.metric(decided)).toBe(before);
    one.presence.update({ state: 'serving' });
    await load.more(400);
    await load.end();
    expect(load.failures).toEqual([]);
    expect(await one.router.metric(decided)).toBeGreaterThan(before + 100);
  });

  it('answer what they were asked before they left', async ({ routers }) => {
    const announced = new Announced(routers);
    const { pool, metric } = routers.pool(announced.edge);
    const load = new Load(pool);
    const one = await announced.join('router-1');
    await announced.join('router-2');
    await load.more(300);
    await one.presence.leave();
    await load.more(300);
    await load.end();
    expect(load.failures).toEqual([]);
    expect(await metric('tandem_router_requests_total{event="retried"}')).toBe(0);
    await until(
      () => 'the end of the stream to the router that has left',
      async () => (await one.router.metric('tandem_router_sessions')) === 0,
    );
  });

  it('are given up at once when they have died, though their connections stay', async ({ routers }) => {
    const announced = new Announced(routers);
    const { pool, metric } = routers.pool(announced.edge);
    const load = new Load(pool);
    const one = await announced.join('router-1');
    await announced.join('router-2');
    await until(
      () => 'two routers that serve',
      () => pool.serving === 2,
    );
    await load.more(300);
    one.router.pause();
    one.membership.die();
    await load.more(300);
    await load.end();
    expect(load.failures).toEqual([]);
    expect(await metric('tandem_router_requests_total{event="timed_out"}')).toBe(0);
    expect(await metric('tandem_router_requests_total{event="retried"}')).toBeGreaterThan(0);
  });
});
