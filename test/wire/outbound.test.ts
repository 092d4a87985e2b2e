import { expect } from 'vitest';
import type { Protocol } from '../harness/host.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { connect, dial, hangUp, reoffer } from './call.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];
const supported = 'path, outbound, gruu';

/** A contact by which nobody could find the phone. */
function hidden({ account, transport }: Phone): string {
  return `sip:${account.user}@192.0.2.99:5060;transport=${transport}`;
}

/** What a phone says of one of its flows. */
function flow(phone: Phone, number: number, parameters = ''): Headers {
  const contact = `<${hidden(phone)}>;+sip.instance="<urn:uuid:${phone.account.user}>";reg-id=${number}`;
  return { Supported: supported, Contact: contact + parameters };
}

/** What a phone without reg-id says of itself. */
function instance(phone: Phone): Headers {
  const contact = `<${hidden(phone)}>;+sip.instance="<urn:uuid:${phone.account.user}>"`;
  return { Supported: supported, Contact: contact };
}

/** An instance with a flow at each of two edges, the one at the second edge newer, and another phone that calls it. */
async function twice(
  tiers: Tiers,
  transport: Protocol = 'tcp',
): Promise<{ alice: Phone; older: Phone; newer: Phone }> {
  await tiers.edge('edge-1', here);
  await tiers.edge('edge-2', there);
  const alice = await tiers.phone(here);
  const older = await tiers.phone(here, transport);
  const newer = await tiers.phone(there, transport, older.account);
  await older.register(flow(older, 1));
  tiers.ahead += 1_000;
  await newer.register(flow(newer, 2));
  return { alice, older, newer };
}

function gruuOf(registered: Message, kind: 'pub' | 'temp'): string {
  return new RegExp(`${kind}-gruu="([^"]*)"`).exec(registered.header('Contact'))?.[1] ?? '';
}

describe('a registration by RFC 5626', () => {
  it.for([
    ['udp', []],
    ['tcp', ['120']],
  ] as const)('is told that its flow is kept, over %s', async ([transport, timer], { phone }) => {
    const bob = await phone(transport);
    const registered = await bob.register(flow(bob, 1));
    expect(registered.headers('Require')).toEqual(['outbound']);
    expect(registered.headers('Flow-Timer')).toEqual(timer);
    const plain = await bob.register({ Contact: `<${hidden(bob)}>` });
    expect([...plain.headers('Require'), ...plain.headers('Flow-Timer')]).toEqual([]);
  });

  it('may require it, and is told which extensions there are', async ({ phone }) => {
    const bob = await phone();
    expect(statusOf(await bob.register({ ...flow(bob, 1), Require: 'outbound, gruu' }))).toBe(200);
    const options = await bob.ask(bob.request('OPTIONS', bob.uri));
    expect(options.header('Supported').split(', ')).toEqual(expect.arrayContaining(['outbound', 'gruu']));
  });

  it('is refused behind a proxy that keeps no flow (§6)', async ({ phone }) => {
    const bob = await phone();
    const behind = (path: string) => {
      // A second Via, under the short name of the header.
      return bob.register({ ...flow(bob, 1), Path: path, v: 'SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKfar' });
    };
    const refused = await behind('<sip:near;lr>');
    expect(refused.start).toBe('SIP/2.0 439 First Hop Lacks Outbound Support');
    expect(statusOf(await behind('<sip:near;lr;ob>'))).toBe(200);
  });
});

describe('an instance with two flows', () => {
  it('rings once, over the newest', async ({ tiers: open }) => {
    const { alice, older, newer } = await twice(await open());
    const call = await connect(alice, newer);
    await hangUp(call, newer);
    await older.wire.silent();
  });

  it('rings over the other when the edge of the newest says that it is gone', async ({ tiers: open }) => {
    const tiers = await open();
    // The router is not told: as when the store was away.
    tiers.router.connectionEnded = async () => {};
    const { alice, older, newer } = await twice(tiers);
    newer.close();
    const call = await connect(alice, older);
    await hangUp(call, older);
  });

  it('rings over the other when a proxy says that the flow of the newest has failed', async ({
    tiers: open,
  }) => {
    const { alice, older, newer } = await twice(await open());
    const invite = await dial(alice, older.uri);
    await newer.answer('INVITE', '430 Flow Failed');
    await older.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
  });

  it('is not reached at all: the caller hears nothing of flows', async ({ tiers: open }) => {
    const { alice, older, newer } = await twice(await open());
    const invite = await dial(alice, older.uri);
    await newer.answer('INVITE', '430 Flow Failed');
    await older.answer('INVITE', '430 Flow Failed');
    expect(statusOf(await alice.final(invite))).toBe(480);
  });

  it('is not rung over the other once the caller has given up', async ({ tiers: open }) => {
    const { alice, older, newer } = await twice(await open());
    const invite = await dial(alice, older.uri);
    const ringing = await newer.answer('INVITE', '180 Ringing');
    await alice.response(invite, 180);
    await alice.ask(alice.cancel(invite));
    await newer.answer('CANCEL');
    newer.reply(ringing, '430 Flow Failed');
    expect(statusOf(await alice.final(invite))).toBe(487);
    await older.wire.silent();
  });
});

describe('ob in a Contact (RFC 5626 §4.3)', () => {
  it.for(['udp', 'tcp'] as const)('keeps a dialog on its flow, over %s', async (transport, { phone }) => {
    const [alice, bob, other] = [await phone(transport), await phone(transport), await phone('udp')];
    await Promise.all([alice.register(), bob.register()]);
    // Where the Contact leads there is somebody, who is not asked.
    const contact = ({ account }: Phone): Headers => ({
      Contact: `<sip:${account.user}@${other.wire.local};transport=udp;ob>`,
    });
    const call = await connect(alice, bob, contact(alice), () => contact(bob));
    const [info] = await Promise.all([bob.answer('INFO'), call.caller.ask('INFO')]);
    expect(info.start).toContain(';ob SIP/2.0');
    await Promise.all([alice.answer('INFO'), call.callee.ask('INFO')]);
    await hangUp(call, bob);
    await other.wire.silent();
  });
});

describe('a GRUU (RFC 5627)', () => {
  it.for(['pub', 'temp'] as const)('of kind %s reaches its phone alone', async (kind, { phone }) => {
    const [alice, first] = [await phone(), await phone()];
    const second = await phone('tcp', first.account);
    const registered = await first.register(instance(first));
    await second.register();
    const invite = await dial(alice, gruuOf(registered, kind));
    await first.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
    await second.wire.silent();
  });

  it('that is temporary is unknown after the phone has registered anew', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    const gruu = gruuOf(await bob.register(instance(bob)), 'temp');
    await bob.register(instance(bob));
    const refused = await alice.invite(gruu);
    expect(statusOf(await alice.final(refused))).toBe(404);
    await bob.wire.silent();
  });

  const sides = ['caller', 'callee'] as const;
  it.for(sides.flatMap((side) => (['udp', 'tcp'] as const).map((transport) => [side, transport] as const)))(
    'of the %s keeps its dialog when the phone comes by a new flow, over %s',
    async ([side, transport], { phone }) => {
      const [alice, bob] = [await phone(transport), await phone(transport)];
      const [moving, peer] = side === 'caller' ? [alice, bob] : [bob, alice];
      const gruus = new Map<Phone, string>();
      for (const each of [alice, bob]) gruus.set(each, gruuOf(await each.register(instance(each)), 'pub'));
      const contact = (each: Phone): Headers => ({ Contact: `<${gruus.get(each)}>` });
      const call = await connect(alice, bob, contact(alice), () => contact(bob));
      moving.close();
      const moved = await phone(transport, moving.account);
      await moved.register(instance(moved));
      const mine = call[side].at(moved);
      const its = call[side === 'caller' ? 'callee' : 'caller'];
      const { asked } = await reoffer(its, peer, moved, { from: contact(peer), to: contact(moving) });
      // The home of the phone puts its contact in (§6.1).
      expect(asked.start).toBe(`INVITE ${hidden(moved)} SIP/2.0`);
      const [, answer] = await Promise.all([peer.answer('BYE'), mine.ask('BYE')]);
      expect(statusOf(answer)).toBe(200);
    },
  );

  it('is where the edge hangs up', async ({ tiers: open }) => {
    const tiers = await open();
    const edge = await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here, 'tcp')];
    const gruu = gruuOf(await bob.register(instance(bob)), 'pub');
    await connect(alice, bob, {}, () => ({ Contact: `<${gruu}>` }));
    await tiers.recorded();
    bob.close();
    const moved = await tiers.phone(here, 'tcp', bob.account);
    await moved.register(instance(moved));
    const ended = [alice, moved].map((phone) => phone.answer('BYE'));
    await Promise.all([edge.stop(), ...ended]);
  });
});

describe('a phone that gives no GRUU and comes by another connection', () => {
  it.for(['caller', 'callee'] as const)('keeps its call, as %s', async (side, { tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here, 'tcp'), await tiers.phone(here, 'tcp')];
    const contact = (phone: Phone): Headers => ({ Contact: `<${hidden(phone)}>` });
    for (const each of [alice, bob]) await each.register(contact(each));
    const call = await connect(alice, bob, contact(alice), () => contact(bob));
    await tiers.recorded();
    const [moving, peer] = side === 'caller' ? [alice, bob] : [bob, alice];
    const its = call[side === 'caller' ? 'callee' : 'caller'];
    moving.close();
    expect(statusOf(await its.ask('INFO'))).toBe(480);
    const moved = await tiers.phone(here, 'tcp', moving.account);
    await moved.register(contact(moving));
    await reoffer(its, peer, moved, { from: contact(peer), to: contact(moving) });
    const [, answer] = await Promise.all([moved.answer('BYE'), its.ask('BYE')]);
    expect(statusOf(answer)).toBe(200);
  });
});
