import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { register } from './routers.ts';

const describe = needs('namespace');

describe('a router that has no room', () => {
  it('sends edges to another at once', async ({ routers }) => {
    const full = await routers.router('router-1', { capacity: 1, decisionMs: 200 });
    const free = await routers.router('router-2');
    const { pool, metric } = routers.pool([full.address, free.address]);
    await until(
      () => 'two routers that serve',
      () => pool.serving === 2,
    );
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => pool.decide(register())));
    expect(new Set(verdicts.map(({ decision }) => decision?.$case))).toEqual(new Set(['challenge']));
    expect(await metric('tandem_router_requests_total{event="declined"}')).toBe(49);
    expect(await full.metric('tandem_router_decisions_total{result="overloaded"}')).toBe(49);
  });

  it('is the end of a request when there is no other', async ({ routers }) => {
    const full = await routers.router('router-1', { capacity: 0 });
    const { pool } = routers.pool([full.address]);
    await expect(pool.decide(register())).rejects.toThrow(
      'router-unavailable: every router has declined, the last with router-overloaded',
    );
  });
});
