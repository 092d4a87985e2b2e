import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { connect, dial, hangUp, reoffer } from './call.ts';
import { it } from './fixture.ts';
import { statusOf } from './reply.ts';
import { callPast, outside } from './tales.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const here = address(11);
const [first, second] = ['first.example', 'second.example'].map((sipAdvertise) => ({
  sipAdvertise,
  sipShared: undefined,
}));

const more = {
  Trunk: { carrier: { contacts: [`sip:${outside}`] } },
  Route: { all: { match: { prefix: '+' }, trunks: ['carrier'] } },
};

/** What an edge calls itself in a request that it sends. */
function namesIn(request: Message): (string | undefined)[] {
  const hostOf = (value: string): string | undefined => /[@ :](\w+\.example)/.exec(value)?.[1];
  return [request.headers('Via')[0]!, ...request.headers('Record-Route')].map(hostOf);
}

describe('an edge whose address changes', () => {
  it('has the new one in all that begins, and whatever has begun goes on', async ({ tiers: open }) => {
    const tiers = await open();
    const edge = await tiers.edge('edge-1', here, first);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    const before = await connect(alice, bob);
    expect(namesIn(before.invite)).toEqual(['first.example', 'first.example']);
    const ringing = await dial(alice, bob.uri);
    const asked = await bob.answer('INVITE', '180 Ringing');
    edge.advertise(second!);
    bob.reply(asked, '486 Busy Here');
    expect(statusOf(await alice.final(ringing))).toBe(486);
    await bob.wire.receive('ACK');
    const after = await connect(alice, bob);
    expect(namesIn(after.invite)).toEqual(['second.example', 'second.example']);
    for (const call of [before, after]) {
      expect(namesIn((await reoffer(call.caller, alice, bob)).asked)[0]).toBe('second.example');
      await reoffer(call.callee, bob, alice);
      await hangUp(call, bob);
    }
    await until(
      () => 'the ends of the media sessions',
      () => tiers.sessions === 0,
    );
    expect(edge.addresses).toEqual({ 'sip+udp': 'second.example:5060', 'sip+tcp': 'second.example:5060' });
  });

  it('shows carriers the new one as well', async ({ tiers: open }) => {
    const tiers = await open({ more });
    const carrier = await tiers.outside(outside, here);
    const edge = await tiers.edge('edge-1', here, first);
    edge.advertise(second!);
    const phone = await tiers.phone(here);
    const invite = await callPast(phone, `sip:+34600111222@${domain}`);
    const asked = await carrier.answer('INVITE', '486 Busy Here');
    expect(asked.header('Contact')).toContain('second.example');
    expect(asked.text).not.toContain('first.example');
    expect(statusOf(await phone.final(invite))).toBe(486);
    await carrier.wire.receive('ACK');
  });
});

describe('a media worker whose address changes', () => {
  it('tells it to calls that come, and goes on with the others', async ({ tiers: open }) => {
    const tiers = await open();
    const worker = await tiers.media('media-2', address(3));
    await tiers.killMedia('media-1');
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    const before = await connect(alice, bob);
    expect(before.invite.text).toContain(`c=IN IP4 ${address(3)}\r\n`);
    worker.advertise(['198.51.100.9']);
    const after = await connect(alice, bob);
    for (const { text } of [after.invite, after.answer]) expect(text).toContain('c=IN IP4 198.51.100.9\r\n');
    for (const call of [before, after]) await hangUp(call, bob);
    await until(
      () => 'the ends of the media sessions',
      () => tiers.sessions === 0,
    );
  });
});
