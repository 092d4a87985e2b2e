import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { Lens } from './lens.ts';
import { Load } from './load.ts';
import { register } from './routers.ts';

const describe = needs('namespace');
const decided = 'tandem_router_decisions_total{result="decided"}';

describe('a node of the last release and one of this', () => {
  it('understand each other, whichever of them asks', async ({ routers }) => {
    const router = await routers.router('router-1');
    const lens = await Lens.open(router.address);
    const { pool } = routers.pool([lens.address]);
    const direct = routers.pool([router.address]).pool;
    const request = register();
    const [through, straight] = [await pool.decide(request), await direct.decide(request)];
    const { configuration, ...known } = straight;
    expect(configuration).not.toBe('');
    expect(lens.passed).toBeGreaterThan(0);
    expect(through.decision?.$case).toBe('challenge');
    expect(through.explanation).toEqual(known.explanation);
    lens.close();
  });

  it('share the work, half of the routers of each, and no request fails', async ({ routers }) => {
    const [one, two] = await Promise.all([routers.router('router-1'), routers.router('router-2')]);
    const lens = await Lens.open(one.address);
    const { pool } = routers.pool([lens.address, two.address]);
    await until(
      () => 'two routers that serve',
      () => pool.serving === 2,
    );
    const load = new Load(pool);
    await load.more(1_000);
    await load.end();
    expect([load.failures, load.strange]).toEqual([[], []]);
    expect(await one.metric(decided)).toBeGreaterThan(300);
    expect(await two.metric(decided)).toBeGreaterThan(300);
    lens.close();
  });

  it('part without a loss when the router stops, though it cannot say that it will', async ({ routers }) => {
    const [one, two] = await Promise.all([
      routers.router('router-1', { decisionMs: 5 }),
      routers.router('router-2'),
    ]);
    const lens = await Lens.open(one.address);
    const { pool } = routers.pool([lens.address, two.address]);
    const load = new Load(pool);
    await load.more(500);
    await one.stop();
    await load.more(500);
    await load.end();
    expect([load.failures, load.strange]).toEqual([[], []]);
    lens.close();
  });
});
