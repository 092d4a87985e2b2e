import type { event } from '@tandem/contract';
import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { type Call, connect, dial, reoffer } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];

async function registered(tiers: Tiers): Promise<[alice: Phone, bob: Phone]> {
  const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
  await bob.register();
  return [alice, bob];
}

function isEnd({ kind }: event.Event): boolean {
  return kind?.$case === 'callEnded';
}

/** Lets one side hang up, and checks that the call is over, and over once. `answering` sends what the peer says. */
async function expectEnd(
  tiers: Tiers,
  { caller, callee }: Pick<Call, 'caller' | 'callee'>,
  side: 'caller' | 'callee',
  peer: Phone,
  answering: Phone = peer,
): Promise<void> {
  const bye = peer.wire.receive('BYE').then((request) => answering.reply(request, '200 OK'));
  const [answer] = await Promise.all([{ caller, callee }[side].ask('BYE'), bye]);
  expect(statusOf(answer)).toBe(200);
  const { kind } = await tiers.events.take('the end of the call', isEnd);
  expect(kind?.value).toMatchObject({ sipCallId: caller.callId, releasedBy: side, outcome: 'success' });
  await answering.wire.silent();
  expect(tiers.events.drain(isEnd)).toEqual([]);
  expect(tiers.sessions).toBe(0);
}

describe('a call whose edge is killed', () => {
  it.for(['caller', 'callee'] as const)(
    'is ended by its %s at the edge that takes over the address',
    async (side, { tiers: open }) => {
      const tiers = await open();
      const first = await tiers.mortalEdge('edge-1', here);
      const [alice, bob] = await registered(tiers);
      const call = await connect(alice, bob);
      expect(tiers.sessions).toBe(1);
      await tiers.recorded();
      await first.kill();
      await tiers.edge('edge-2', here);
      await expectEnd(tiers, call, side, side === 'caller' ? bob : alice);
    },
  );

  it('is ended at another edge, when all share an address', async ({ tiers: open }) => {
    const tiers = await open();
    const sipShared = `${there}:5060`;
    const first = await tiers.mortalEdge('edge-1', here, { sipShared });
    await tiers.edge('edge-2', there, { sipShared });
    const [alice, bob] = await registered(tiers);
    const call = await connect(alice, bob);
    expect(call.callee.routes).toEqual([expect.stringMatching(new RegExp(`@${sipShared};lr>$`))]);
    await tiers.recorded();
    await first.kill();
    const { caller, callee } = call;
    const [moved, answering] = [await tiers.phone(there), await tiers.phone(there)];
    await expectEnd(tiers, { caller: caller.at(moved), callee }, 'caller', bob, answering);
  });

  it('is changed and goes on at the next', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here);
    const [alice, bob] = await registered(tiers);
    const call = await connect(alice, bob);
    await tiers.recorded();
    await first.kill();
    await tiers.edge('edge-2', here);
    for (const [dialog, sender, peer] of [
      [call.caller, alice, bob],
      [call.callee, bob, alice],
    ] as const) {
      const { asked } = await reoffer(dialog, sender, peer);
      expect(asked.body).toMatch(/^m=audio 2\d{4} RTP\/AVP 0/m);
    }
    expect(tiers.sessions).toBe(1);
    await expectEnd(tiers, call, 'callee', alice);
  });

  it('is acknowledged at the next, when it had just been answered', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here);
    const [alice, bob] = await registered(tiers);
    const invite = await dial(alice, bob.uri);
    const asked = await bob.wire.receive('INVITE');
    const said = bob.reply(asked, '200 OK', sdp, offer);
    const caller = Dialog.ofCaller(alice, await alice.final(invite));
    const callee = Dialog.ofCallee(bob, asked, said);
    await tiers.recorded();
    await first.kill();
    await tiers.edge('edge-2', here);
    caller.acknowledge();
    await bob.wire.receive('ACK');
    await expectEnd(tiers, { caller, callee }, 'caller', bob);
  });

  it('is ended by a phone over TCP that connects anew', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here, 'tcp'), await tiers.phone(here)];
    await Promise.all([alice.register(), bob.register()]);
    const { caller, callee } = await connect(alice, bob);
    await tiers.recorded();
    await first.kill();
    await tiers.edge('edge-2', here);
    const again = await tiers.phone(here, 'tcp', alice.account);
    await expectEnd(tiers, { caller: caller.at(again), callee }, 'caller', bob);
  });
});

describe('a call whose record is gone', () => {
  it('is still ended between its parties, and told of no second time', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const [alice, bob] = await registered(tiers);
    const call = await connect(alice, bob);
    await expectEnd(tiers, call, 'caller', bob);
    const [, answer] = await Promise.all([bob.answer('BYE'), call.caller.ask('BYE')]);
    expect(statusOf(answer)).toBe(200);
    await alice.wire.silent();
    expect(tiers.events.drain(isEnd)).toEqual([]);
  });
});

describe('a phone that has registered', () => {
  it('is told of the address that all edges share, and calls by it', async ({ tiers: open }) => {
    const tiers = await open();
    const sipShared = `${there}:5060`;
    await tiers.edge('edge-1', here, { sipShared });
    await tiers.edge('edge-2', there, { sipShared });
    const [bob, alice] = [await tiers.phone(here), await tiers.phone(there)];
    const [registered, own] = [await bob.register(), await alice.register()];
    for (const answer of [registered, own])
      expect(answer.headers('Service-Route')).toEqual([`<sip:${sipShared};lr>`]);
    const invite = await dial(alice, bob.uri, { Route: own.headers('Service-Route') });
    const came = await bob.answer('INVITE', '603 No');
    expect(came.headers('Route')).toEqual([]);
    expect(statusOf(await alice.final(invite))).toBe(603);
  });

  it('is told of none where there is no such address', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    expect((await (await tiers.phone(here)).register()).headers('Service-Route')).toEqual([]);
  });
});
