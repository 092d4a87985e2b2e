import type { Edge } from '@tandem/edge';
import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { offerCalls, outcomeOf, sippBuffer } from '../harness/offered-calls.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { Sipp } from '../harness/sipp.ts';
import { Tandem } from '../harness/tandem.ts';
import { acme, domain, nextAccount } from './acme.ts';
import { connect, hangUp } from './call.ts';
import { bind } from './desk.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

/** Transactions that the edge may have, and those that only what comes first may take. */
const CAPACITY = 120;
const RESERVED = 12;
const HELP = '112';
const helper = { user: 'helper', domain, password: 'secret-of-helper' };

function transactionsOf({ status }: Edge): number {
  return Object.values(status.transactions).reduce(
    (sum, { active, completed }) => sum + active + completed,
    0,
  );
}

/** Lets a phone ring at another one until the edge takes no more; returns how often it did. */
async function fill(edge: Edge, caller: Phone, callee: Phone): Promise<number> {
  for (let ringing = 0; ; ringing++) {
    if (transactionsOf(edge) >= CAPACITY - RESERVED) return ringing;
    const invite = caller.offer(callee.uri);
    caller.send(invite);
    await callee.answer('INVITE', '180 Ringing');
    await caller.response(invite, 180);
  }
}

describe('an edge that has as much to do as it can', () => {
  it('answers every attempt, and has room for calls for help and for what goes on', async ({
    tiers: open,
  }) => {
    const users = [...acme.users, { name: helper.user, password: helper.password, aliases: [HELP] }];
    const tiers = await open({ users });
    const at = address(7);
    const edge = await tiers.edge('edge-1', at, { sipMaxTransactions: CAPACITY });
    const [alice, bob] = [await tiers.phone(at, 'tcp'), await tiers.phone(at)];
    const help = await tiers.phone(at, 'udp', helper);
    for (const phone of [alice, bob, help]) expect(statusOf(await phone.register())).toBe(200);
    const call = await connect(alice, bob);

    const ringing = await fill(edge, alice, bob);
    expect(ringing).toBeGreaterThan(10);
    const before = edge.status;
    const attempts = 30;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const invite = alice.offer(bob.uri);
      const refusal = await alice.ask(invite);
      expect(refusal.start).toBe('SIP/2.0 503 Service Unavailable');
      expect(Number(refusal.header('Retry-After'))).toBeGreaterThan(0);
      alice.acknowledge(invite, refusal);
    }
    const { counters, load, transactions } = edge.status;
    expect(transactions).toEqual(before.transactions);
    expect([counters.shed, load.shed.transactions]).toEqual([attempts, attempts]);

    const urgent = alice.offer(`sip:${HELP}@${domain}`);
    alice.send(urgent);
    await help.answer('INVITE', '180 Ringing');
    expect(statusOf(await alice.response(urgent, 180))).toBe(180);
    await hangUp(call, bob);
    await bob.wire.silent();
  });
});

/** More calls a second than one process can do, and for how many seconds. */
const FLOOD = { rate: 1_500, seconds: 4 };

needs('namespace', 'sipp')('an edge that is offered far more calls than it can do (W-30, B-12)', () => {
  it('answers every attempt, takes every call for help, and counts all of them', async ({ network }) => {
    const [host, near, far] = [
      await network.host('tandem'),
      await network.host('near'),
      await network.host('far'),
    ];
    const [caller, callee] = [nextAccount(), nextAccount()];
    const users = acme.users.map((user) => (user.name === callee.user ? { ...user, aliases: [HELP] } : user));
    const env = { TANDEM_SIP_TRUSTED: `${near.address},${far.address}` };
    const tandem = await Tandem.start(host, { ...acme, users }, ['--log-level', 'warn'], [], env);
    await bind(far, tandem.proxy, callee);
    await Sipp.start(far, { scenario: 'uas-answer', options: { buff_size: sippBuffer }, traced: false });
    const common = { name: caller.user, password: caller.password, domain };
    const ordinary = { ...common, ...FLOOD, callee: callee.user, port: 5070 };
    const urgent = { ...common, ...FLOOD, rate: 5, callee: HELP, port: 5071 };
    const offered = await Promise.all([ordinary, urgent].map((each) => offerCalls(near, tandem.proxy, each)));
    const [calls, help] = await Promise.all([
      outcomeOf(offered[0]!, ordinary),
      outcomeOf(offered[1]!, urgent),
    ]);

    expect(help).toEqual({ attempts: 20, answered: 20, refused: 0, otherwise: 0, silent: 0 });
    const { attempts, answered, refused } = calls;
    expect(calls).toMatchObject({ attempts: 6_000, otherwise: 0, silent: 0 });
    expect(answered + refused).toBe(attempts);
    expect(answered).toBeGreaterThan(0);
    const series = await seriesOf(tandem);
    // The 503 of an INVITE that was sent twice may come after the answer to its first copy, and sipp obeys it.
    expect(sumOf(series, 'tandem_calls_answered_total')).toBeGreaterThanOrEqual(answered + help.answered);
    expect(sumOf(series, 'tandem_sip_shed_total', { reason: 'processor' })).toBeGreaterThanOrEqual(refused);
  });
});
