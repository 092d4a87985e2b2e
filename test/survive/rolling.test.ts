import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { figure } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

const RATE = 20;
const TALK = 1_000;

describe('routers that are restarted one after the other', () => {
  it('lose no call', { timeout: 2 * SCENARIO }, async ({ cluster }) => {
    const party = await Party.open(cluster, 10);
    const load = new Load(party, { rate: RATE, duration: TALK });
    for (const router of [cluster.router(0), cluster.router(1), cluster.router(0)]) {
      expect(await router.stop()).toMatchObject({ code: 0 });
      await router.start();
    }
    const tally = await load.finish();
    figure(`routers restarted in turn under ${RATE} calls/s: ${tally.summary}`);
    expect(tally.unanswered).toBe(0);
    expect(tally.ended).toBe(tally.answered);
    expect(party.complaints).toEqual([]);
  });
});
