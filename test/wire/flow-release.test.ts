import type { Edge } from '@tandem/edge';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { type Call, connect, dial, hangUp } from './call.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];

async function edges(tiers: Tiers): Promise<[leaving: Edge, other: Edge]> {
  return [await tiers.edge('edge-1', here), await tiers.edge('edge-2', there)];
}

async function connected(tiers: Tiers, at = here): Promise<Phone> {
  const phone = await tiers.phone(at, 'tcp');
  await phone.register();
  return phone;
}

/** Nothing comes over its connection any more. */
async function isClosed(phone: Phone): Promise<void> {
  await expect(phone.wire.receive('nothing')).rejects.toThrow('the connection is closed');
}

async function goesOn({ caller }: Call, bob: Phone): Promise<void> {
  const [, answer] = await Promise.all([bob.answer('INFO'), caller.ask('INFO')]);
  expect(statusOf(answer)).toBe(200);
}

describe('an edge that drains', () => {
  it('closes what is idle, keeps what a call needs until that has ended, and takes no connection', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    const [leaving] = await edges(tiers);
    const [alice, bob, idle] = [await connected(tiers), await connected(tiers), await connected(tiers)];
    const call = await connect(alice, bob);
    await tiers.recorded();
    const drained = leaving.drain();
    await isClosed(idle);
    await isClosed(await tiers.phone(here, 'tcp'));
    await goesOn(call, bob);
    expect(leaving.load).toBe(2);
    await hangUp(call, bob);
    await drained;
    await Promise.all([isClosed(alice), isClosed(bob)]);
    expect(leaving.given).toEqual({ calls: 1, connections: 3 });
  });

  it('keeps a connection over which a call of another edge goes', async ({ tiers: open }) => {
    const tiers = await open();
    const [leaving] = await edges(tiers);
    const [alice, bob, idle] = [
      await connected(tiers, there),
      await connected(tiers),
      await connected(tiers),
    ];
    const call = await connect(alice, bob);
    await tiers.recorded();
    const drained = leaving.drain();
    await isClosed(idle);
    await goesOn(call, bob);
    await hangUp(call, bob);
    await drained;
    await isClosed(bob);
  });

  it('lets a call ring on that came over a connection, and a phone call as long as it is connected', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    const [leaving] = await edges(tiers);
    const [alice, bob, idle] = [await connected(tiers), await connected(tiers), await connected(tiers)];
    const invite = await dial(alice, bob.uri);
    const rung = await bob.wire.receive('INVITE');
    bob.reply(rung, '180 Ringing');
    await alice.response(invite, 180);
    const drained = leaving.drain();
    await isClosed(idle);
    expect(leaving.load).toBe(3);
    const second = await dial(bob, alice.uri);
    await alice.answer('INVITE', '486 Busy Here');
    expect(statusOf(await bob.final(second))).toBe(486);
    alice.send(alice.cancel(invite));
    await bob.answer('CANCEL');
    bob.reply(rung, '487 Request Terminated');
    expect(statusOf(await alice.response(invite, 487))).toBe(487);
    await drained;
    await Promise.all([isClosed(alice), isClosed(bob)]);
  });

  it('closes no connection while nobody can say which of them calls need', async ({ tiers: open }) => {
    const tiers = await open();
    const [leaving] = await edges(tiers);
    const idle = await connected(tiers);
    tiers.isStoreAway = true;
    const drained = leaving.drain();
    expect(statusOf(await idle.ask(idle.request('OPTIONS', idle.uri)))).toBe(200);
    expect(leaving.load).toBe(1);
    tiers.isStoreAway = false;
    await until(
      () => `${leaving.load} connections left`,
      () => leaving.load === 0,
    );
    await drained;
    await isClosed(idle);
  });
});
