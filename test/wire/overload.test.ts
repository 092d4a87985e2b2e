import type { Edge } from '@tandem/edge';
import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { acme, domain } from './acme.ts';
import { connect, hangUp } from './call.ts';
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
