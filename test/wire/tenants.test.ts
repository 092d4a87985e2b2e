import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import type { Tenant } from '../harness/tandem.ts';
import { dial } from './call.ts';
import { it } from './fixture.ts';
import type { Account } from './phone.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const here = address(11);
const count = 100;

/** Each has a domain of its own, and in it users of the same names and passwords as all others. */
const alike: readonly Tenant[] = Array.from({ length: count }, (_, index) => ({
  name: `tenant-${index}`,
  domains: [`tenant-${index}.example`],
  users: ['100', '200'].map((name) => ({ name, password: `secret-of-${name}` })),
  registration: { keepAlive: 0 },
}));

function account({ domains }: Tenant, user: string): Account {
  return { user, domain: domains[0]!, password: `secret-of-${user}` };
}

describe('100 tenants whose users have the same names', () => {
  it('are never mixed up, in registrations nor in calls (KA-32)', async ({ tiers: open }) => {
    const tiers = await open({ others: alike });
    await tiers.edge('edge-1', here);
    const called = await Promise.all(alike.map((each) => tiers.phone(here, 'udp', account(each, '100'))));
    expect((await Promise.all(called.map((phone) => phone.register()))).map(statusOf)).toEqual(
      Array(count).fill(200),
    );
    for (const [index, each] of alike.entries()) {
      const caller = await tiers.phone(here, 'udp', account(each, '200'));
      const invite = await dial(caller, called[index]!.uri);
      const asked = await called[index]!.answer('INVITE', '603 No');
      expect(asked.header('From')).toContain(`<sip:200@${each.domains[0]}>`);
      expect(statusOf(await caller.final(invite))).toBe(603);
      await called[index]!.wire.receive('ACK');
      caller.close();
    }
    for (const phone of called) await phone.wire.silent();
    // What proves a user in one domain proves nobody in the next, whatever its name and password.
    const stranger = await tiers.phone(here, 'udp', account(alike[0]!, '200'));
    const own = stranger.offer(called[0]!.uri);
    const challenge = await stranger.ask(own);
    stranger.acknowledge(own, challenge);
    const From = `<sip:200@${alike[1]!.domains[0]}>;tag=1`;
    const forged = stranger.offer(called[1]!.uri, { From, ...stranger.credentials(challenge, own) });
    expect(statusOf(await stranger.ask(forged))).toBe(407);
    await called[1]!.wire.silent();
  });
});

describe('a tenant whose users are slow to be found', () => {
  it('holds up no call of another one (KA-21)', async ({ tiers: open }) => {
    const [slow] = alike;
    const tiers = await open({ others: [slow!] });
    const { promise: found, resolve: find } = Promise.withResolvers<void>();
    const lookup = tiers.location.lookup.bind(tiers.location);
    let waiting = 0;
    tiers.location.lookup = async (aors, now) => {
      if (aors.some((aor) => aor.startsWith(`${slow!.name}/`))) {
        waiting++;
        await found;
      }
      return lookup(aors, now);
    };
    await tiers.edge('edge-1', here);
    const [caller, callee] = [
      await tiers.phone(here, 'udp', account(slow!, '200')),
      await tiers.phone(here, 'udp', account(slow!, '100')),
    ];
    await callee.register();
    const calls = await Promise.all(Array.from({ length: 50 }, () => dial(caller, callee.uri)));
    await until(
      () => `all calls to be waiting: ${waiting}`,
      () => waiting === calls.length,
    );
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    for (let call = 0; call < 20; call++) {
      const invite = await dial(alice, bob.uri);
      await bob.answer('INVITE', '603 No');
      expect(statusOf(await alice.final(invite))).toBe(603);
      await bob.wire.receive('ACK');
    }
    await callee.wire.silent();
    find();
    for (const invite of calls) {
      await callee.answer('INVITE', '603 No');
      expect(statusOf(await caller.final(invite))).toBe(603);
    }
  });
});
