import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import type { Tenant } from '../harness/tandem.ts';
import { acme, domain, nextAccount } from '../wire/acme.ts';
import type { Account } from '../wire/phone.ts';
import { Agent } from './agent/agent.ts';
import { Load, type Tally } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { Crowd } from './crowd.ts';
import { endsByCallId } from './events.ts';
import { figure, milliseconds } from './figures.ts';
import { it as base } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

const AWAY = 30_000;
/** Until everything is as it was. */
const AFTER = 5_000;
const DEADLINE = 120_000;

/** Users whose media goes from phone to phone. */
const direct: readonly Account[] = Array.from({ length: 30 }, (_, index) => {
  const user = `${8000 + index}`;
  return { user, domain, password: `secret-of-${user}` };
});
const tenant: Tenant = {
  ...acme,
  users: [
    ...acme.users,
    ...direct.map(({ user, password }) => ({ name: user, password, media: { anchor: 'never' } as const })),
  ],
};
const unused = direct.values();
const it = base.extend({ made: [{ tenant }, { scope: 'file' }] });

interface Outage {
  /** Ten calls that are up all the time. */
  readonly crowd: Crowd;
  /** What became of ten calls a second whose media is anchored, and of ten whose media is not. */
  readonly anchored: Tally;
  readonly unanchored: Tally;
  /** When the server went and when it was back, by `performance.now()`. */
  readonly gone: number;
  readonly back: number;
}

/** Takes a server away for half a minute, has a look at what is left, and gives it back. */
async function outage(
  cluster: Cluster,
  name: keyof Cluster['servers'],
  look: () => Promise<void>,
): Promise<Outage> {
  const crowd = await Crowd.gather(cluster, { quiet: 0, speaking: 10 });
  const loads = [
    new Load(await Party.open(cluster, 5), { rate: 10, duration: 500 }),
    new Load(await Party.open(cluster, 5, { account: () => unused.next().value! }), {
      rate: 10,
      duration: 500,
    }),
  ] as const;
  await expect.poll(() => loads[1].tally.ended).toBeGreaterThan(10);
  const gone = performance.now();
  await cluster.servers[name].kill();
  const over = delay(AWAY);
  await look();
  await Promise.all(cluster.nodes.map(async (node) => expect((await node.http('/livez')).status).toBe(200)));
  await over;
  await cluster.servers[name].restart();
  const back = performance.now();
  await delay(AFTER);
  const [anchored, unanchored] = await Promise.all([loads[0].finish(), loads[1].finish()]);
  figure(
    `${name} away for 30 s, 20 calls/s: anchored ${anchored.summary}; not anchored ${unanchored.summary}`,
  );
  await allReady(cluster);
  return { crowd, anchored, unanchored, gone, back };
}

async function allReady(cluster: Cluster): Promise<void> {
  const isReady = async () => (await Promise.all(cluster.nodes.map((node) => node.isReady()))).every(Boolean);
  await until(() => 'every node to be ready', isReady);
}

/** The calls that were up all the time have noticed nothing. */
async function expectUntouched({ crowd, gone }: Outage): Promise<void> {
  const pauses = (await crowd.pauses(gone)).map(({ length }) => length);
  figure(
    `  ${crowd.up} of 10 calls up all the time, longest pause of audio ${milliseconds(Math.max(...pauses))}`,
  );
  expect(crowd.up).toBe(10);
  await crowd.conclude();
}

function expectAllEnded(tally: Tally): void {
  expect(tally.attempts).toBeGreaterThan(300);
  expect(tally.summary).toBe(`${tally.attempts} calls, ${tally.attempts} answered, ${tally.attempts} ended`);
}

async function phone({ network, proxy }: Cluster, account: Account = nextAccount()): Promise<Agent> {
  const agent = await Agent.open({ account, host: network.gateway, proxy });
  network.attach(async () => agent.close());
  return agent;
}

describe('a server that is away for half a minute', () => {
  it('is Redis: calls go on, registrations meet 503', { timeout: DEADLINE }, async ({ cluster }) => {
    const late = await phone(cluster);
    const result = await outage(cluster, 'redis', async () => {
      const refusal = await late.register().catch((error: unknown) => error);
      expect(refusal).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    });
    await late.register();
    expectAllEnded(result.anchored);
    expectAllEnded(result.unanchored);
    await expectUntouched(result);
  });

  it('is NATS: calls that need no media go on, others meet 503, and no event is lost', {
    timeout: DEADLINE,
  }, async ({ cluster }) => {
    const late = await phone(cluster);
    const result = await outage(cluster, 'nats', () => late.register());
    const { anchored, gone, back } = result;
    expectAllEnded(result.unanchored);
    expect(anchored.refusals.length).toBeGreaterThan(200);
    expect(anchored.ended).toBe(anchored.attempts - anchored.refusals.length);
    for (const { at, status, retryAfter } of anchored.refusals) {
      expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
      expect(at).toBeGreaterThan(gone);
      expect(at).toBeLessThan(back + AFTER);
    }
    await expectUntouched(result);
    const ended = anchored.ended + result.unanchored.ended;
    const ends = async () => endsByCallId(cluster.servers.nats.url);
    const isTold = async () => (await ends()).size >= ended;
    await until(() => `the end of ${ended} calls among the events`, isTold, 2 * AFTER);
    const repeated = [...(await ends()).values()].filter((times) => times > 1);
    figure(`  ${(await ends()).size} ends of calls told, ${repeated.length} of them twice`);
    expect(repeated).toEqual([]);
  });

  it('is etcd: nothing changes, and what changed is known afterwards', { timeout: DEADLINE }, async ({
    cluster,
  }) => {
    const [late, later] = [await phone(cluster), { user: '9000', domain, password: 'of a later time' }];
    const result = await outage(cluster, 'etcd', () => late.register());
    expectAllEnded(result.anchored);
    expectAllEnded(result.unanchored);
    await expectUntouched(result);
    const users = [...tenant.users, { name: later.user, password: later.password }];
    await cluster.configure({ ...tenant, users });
    const newcomer = await phone(cluster, later);
    await until(
      () => 'a new user to be known',
      () =>
        newcomer.register().then(
          () => true,
          () => false,
        ),
    );
  });
});
