import { MemoryMembers, MemoryMembership, type Presence } from '@tandem/platform';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { Load } from './load.ts';
import type { RouterProcess } from './router-process.ts';
import type { Pool, Routers } from './routers.ts';

const describe = needs('namespace');
const decided = 'tandem_router_decisions_total{result="decided"}';

/** A router that can join. */
interface Candidate {
  readonly router: RouterProcess;
  readonly membership: MemoryMembership;
}

/** Routers that announce themselves, and an edge that follows that. */
class Announced {
  readonly edge: MemoryMembership;
  readonly #members = new MemoryMembers();
  readonly #routers: Routers;

  constructor(routers: Routers) {
    this.#routers = routers;
    this.edge = new MemoryMembership(routers.log, this.#members);
  }

  /** Starts a router, which nobody knows of yet. */
  async start(id: string): Promise<Candidate> {
    const router = await this.#routers.router(id, { decisionMs: 5 });
    return { router, membership: new MemoryMembership(this.#routers.log, this.#members) };
  }
}

function announce({ router, membership }: Candidate): Promise<Presence> {
  const addresses = { grpc: router.address };
  const node = { tier: 'router', id: router.id, startedMs: 1, weight: 1, release: '1', addresses } as const;
  return membership.join(node, { state: 'serving', load: 0, configuration: '' });
}

async function serving({ pool }: Pool, count: number): Promise<void> {
  await until(
    () => `${count} routers that serve, of which there are ${pool.serving}`,
    () => pool.serving === count,
  );
}

/** Two routers that have joined, the first with its presence, and requests to both. */
async function pair(
  routers: Routers,
): Promise<{ one: Candidate; presence: Presence; pool: Pool; load: Load }> {
  const announced = new Announced(routers);
  const [one, two] = await Promise.all([announced.start('router-1'), announced.start('router-2')]);
  const [presence] = await Promise.all([announce(one), announce(two)]);
  const pool = routers.pool(announced.edge);
  await serving(pool, 2);
  const load = new Load(pool.pool);
  await load.more(200);
  return { one, presence, pool, load };
}

describe('routers that announce themselves', () => {
  it('are asked from the moment they join, for what has waited as well', async ({ routers }) => {
    const announced = new Announced(routers);
    const pool = routers.pool(announced.edge);
    const [one, two] = await Promise.all([announced.start('router-1'), announced.start('router-2')]);
    const load = new Load(pool.pool);
    await announce(one);
    await load.more(200);
    await announce(two);
    await serving(pool, 2);
    await load.more(400);
    await load.end();
    expect(load.failures).toEqual([]);
    expect(await two.router.metric(decided)).toBeGreaterThan(100);
  });

  it('get nothing new while they drain, and something again when they serve again', async ({ routers }) => {
    const { one, presence, pool, load } = await pair(routers);
    presence.update({ state: 'draining' });
    expect(pool.pool.serving).toBe(1);
    await load.more(200);
    const before = await one.router.metric(decided);
    await load.more(200);
    expect(await one.router.metric(decided)).toBe(before);
    presence.update({ state: 'serving' });
    await load.more(400);
    await load.end();
    expect(load.failures).toEqual([]);
    expect(await one.router.metric(decided)).toBeGreaterThan(before + 100);
  });

  it('answer what they were asked before they left', async ({ routers }) => {
    const { one, presence, pool, load } = await pair(routers);
    await presence.leave();
    await load.more(300);
    await load.end();
    expect(load.failures).toEqual([]);
    // Nothing was asked again but what had taken too long.
    expect(await pool.metric('tandem_router_requests_total{event="retried"}')).toBeLessThanOrEqual(
      await pool.metric('tandem_router_requests_total{event="timed_out"}'),
    );
    await until(
      () => 'the end of the stream to the router that has left',
      async () => (await one.router.metric('tandem_router_sessions')) === 0,
    );
  });

  it('are given up at once when they have died, though their connections stay', async ({ routers }) => {
    const { one, pool, load } = await pair(routers);
    one.router.pause();
    one.membership.die();
    expect(await pool.metric('tandem_router_requests_total{event="retried"}')).toBeGreaterThan(0);
    await load.more(300);
    await load.end();
    expect(load.failures).toEqual([]);
  });
});
