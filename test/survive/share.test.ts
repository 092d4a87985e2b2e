import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { needs } from '../harness/needs.ts';
import type { Tenant } from '../harness/tandem.ts';
import { acme } from '../wire/acme.ts';
import type { Account } from '../wire/phone.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { figure, milliseconds } from './figures.ts';
import { it as base, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

/** Calls a second that the loud tenant may begin, and that it begins. */
const SHARE = 4;
const RATE = 10 * SHARE;
const TALK = 100;
/** Calls of the quiet tenant, and milliseconds from one to the next. */
const CALLS = 60;
const PERIOD = 150;
const domain = 'quiet.example';

const users = Array.from({ length: 8 }, (_, index) => ({
  name: `${2000 + index}`,
  password: `quiet-${index}`,
}));
const quiet: Tenant = { name: 'quiet', domains: [domain], users };
const it = base.extend({
  made: [{ tenant: { ...acme, limits: { callsPerSecond: SHARE } } }, { scope: 'file' }],
});

/** What the quiet tenant has of its calls: how many came about, and how long the slowest of a hundred took. */
async function callQuietly(party: Party): Promise<{ answered: number; p99: number }> {
  const times: number[] = [];
  for (let index = 0; index < CALLS; index += 1) {
    const next = delay(PERIOD);
    const began = performance.now();
    const call = await party.call().catch(() => undefined);
    if (call) times.push(performance.now() - began);
    await call?.end('caller');
    await next;
  }
  const sorted = times.toSorted((one, other) => one - other);
  return { answered: times.length, p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN };
}

async function quietParty(cluster: Cluster): Promise<Party> {
  await cluster.configure(quiet);
  const left = users.map(({ name: user, password }): Account => ({ user, password, domain }));
  return Party.open(cluster, users.length / 2, { account: () => left.pop()! });
}

describe('a tenant that begins ten times the calls of its share', () => {
  it('gets its share, and another tenant loses nothing', { timeout: 2 * SCENARIO }, async ({ cluster }) => {
    const party = await quietParty(cluster);
    const alone = await callQuietly(party);
    const load = new Load(await Party.open(cluster, 10), { rate: RATE, duration: TALK });
    const began = performance.now();
    const beside = await callQuietly(party);
    const tally = await load.finish();
    const seconds = (performance.now() - began) / 1000;
    figure(
      `tenant at ten times its share of ${SHARE} calls/s: ${tally.answered} of ${tally.attempts} in ${seconds.toFixed(0)} s; the other one: ` +
        `${beside.answered} of ${CALLS}, setup p99 ${milliseconds(beside.p99)}, alone ${alone.answered} of ${CALLS}, ${milliseconds(alone.p99)}`,
    );
    expect([alone.answered, beside.answered]).toEqual([CALLS, CALLS]);
    expect(tally.answered).toBeLessThanOrEqual(SHARE * (seconds + 1));
    expect(tally.answered).toBeGreaterThan(SHARE);
    expect(new Set(tally.refusals.map(({ status }) => status))).toEqual(new Set([503]));
    expect(tally.refusals.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
  });
});
