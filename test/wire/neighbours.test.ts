import type { EdgeSettings } from '@tandem/edge';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import type { Protocol } from '../harness/host.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { type Call, connect, dial, hangUp, reoffer } from './call.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there, third] = [address(11), address(12), address(13)];

/** Two edges, which share an address or not; Alice is at the first one, Bob at the second. */
async function apart(
  tiers: Tiers,
  [from, to]: readonly [Protocol, Protocol],
  changes = {},
): Promise<[alice: Phone, bob: Phone]> {
  await tiers.edge('edge-1', here, changes);
  await tiers.edge('edge-2', there, changes);
  const [alice, bob] = [await tiers.phone(here, from), await tiers.phone(there, to)];
  await Promise.all([alice.register(), bob.register()]);
  return [alice, bob];
}

/** Through which edges a request came, the last first. */
function path(request: Message): (string | undefined)[] {
  return request.headers('Via').map((via) => /^SIP\/2.0\/\w+ ([\d.]+)/.exec(via)?.[1]);
}

/** A contact that is not where the phone sends from, as behind a NAT. */
function hidden({ account, transport }: Phone): string {
  return `<sip:${account.user}@192.0.2.99:5060;transport=${transport}>`;
}

/** An edge that speaks UDP alone. */
function datagrams(host: string): Partial<EdgeSettings> {
  return { sipListen: [{ scheme: 'udp', host, port: 5060 }] };
}

const pairs = [
  ['udp', 'tcp'],
  ['tcp', 'tcp'],
  ['tcp', 'udp'],
  ['udp', 'udp'],
] as const;

describe('a phone that is registered at another edge', () => {
  it.for(pairs)('is called, talks and hangs up, from %s to %s', async (transports, { tiers: open }) => {
    const tiers = await open();
    const [alice, bob] = await apart(tiers, transports);
    const { invite, ack, caller, callee } = await connect(alice, bob);
    const through = transports[1] === 'tcp' ? [there, here] : [here];
    expect(path(invite).slice(0, -1)).toEqual(through);
    expect(path(ack).slice(0, -1)).toEqual(through);
    expect(invite.headers('Route')).toEqual([]);
    for (const [dialog, sender, peer] of [
      [caller, alice, bob],
      [callee, bob, alice],
    ] as const) {
      await reoffer(dialog, sender, peer);
      const [asked] = await Promise.all([peer.answer('INFO'), dialog.ask('INFO')]);
      expect(asked.headers('Route')).toEqual([]);
    }
    const [, answer] = await Promise.all([alice.answer('BYE'), callee.ask('BYE')]);
    expect(statusOf(answer)).toBe(200);
    for (const phone of [alice, bob]) await phone.wire.silent();
    expect(tiers.sessions).toBe(0);
  });

  it.for(['udp', 'tcp'])(
    'is reached through it when it is behind a NAT, by %s',
    async (between, { tiers: open }) => {
      const tiers = await open();
      const changes = between === 'udp' ? datagrams : () => ({});
      await tiers.edge('edge-1', here, changes(here));
      await tiers.edge('edge-2', there, changes(there));
      const [alice, bob] = [await tiers.phone(here), await tiers.phone(there)];
      await bob.register({ Contact: hidden(bob) });
      const { invite, caller, callee } = await connect(alice, bob, {}, () => ({ Contact: hidden(bob) }));
      expect(path(invite).slice(0, -1)).toEqual([there, here]);
      const [info] = await Promise.all([bob.answer('INFO'), caller.ask('INFO')]);
      expect(path(info).slice(0, -1)).toEqual([there, here]);
      await Promise.all([alice.answer('BYE'), callee.ask('BYE')]);
    },
  );

  it('hears from the edge that has the call when its media moves', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(there, 'tcp')];
    await bob.register();
    const call = await connect(alice, bob);
    await tiers.recorded();
    await tiers.media('media-2', address(3));
    const asked = [alice, bob].map((phone) => phone.answer('INVITE', '200 OK', sdp, offer));
    await tiers.killMedia('media-1');
    expect(path((await Promise.all(asked))[1]!)).toEqual([there, here]);
    const acks = await Promise.all([alice, bob].map((phone) => phone.wire.receive('ACK')));
    expect(path(acks[1]!)).toEqual([there, here]);
    await hangUp(call, bob);
  });

  it('stops ringing when the caller gives up, or is refused', async ({ tiers: open }) => {
    const tiers = await open();
    const [alice, bob] = await apart(tiers, ['udp', 'tcp']);
    const invite = await dial(alice, bob.uri);
    const ringing = await bob.answer('INVITE', '180 Ringing');
    await alice.response(invite, 180);
    expect(statusOf(await alice.ask(alice.cancel(invite, { Reason: 'SIP;cause=487' })))).toBe(200);
    const cancel = await bob.answer('CANCEL');
    expect(cancel.headers('Route')).toEqual([]);
    bob.reply(ringing, '487 Request Terminated');
    const terminated = await alice.final(invite);
    expect(statusOf(terminated)).toBe(487);
    alice.acknowledge(invite, terminated);
    await bob.wire.receive('ACK');
    const again = await dial(alice, bob.uri);
    await bob.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(again))).toBe(486);
    await bob.wire.receive('ACK');
    await bob.wire.silent();
  });

  it('is called over the connection that its own edge has opened to the other one (RFC 5923)', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    const edges = [await tiers.edge('edge-1', here), await tiers.edge('edge-2', there)];
    const [alice, bob] = [await tiers.phone(here, 'tcp'), await tiers.phone(there, 'tcp')];
    await Promise.all([alice.register(), bob.register()]);
    const streams = (): (number | undefined)[] =>
      edges.map(({ status }) => new Map(status.connections).get('tcp'));
    expect(streams()).toEqual([1, 1]);
    await hangUp(await connect(alice, bob), bob);
    await hangUp(await connect(bob, alice), alice);
    expect(streams()).toEqual([2, 2]);
  });

  it('learns nothing of the edges but their addresses in Via and Contact', async ({ tiers: open }) => {
    const tiers = await open();
    const [alice, bob] = await apart(tiers, ['tcp', 'tcp'], { sipShared: 'sip.acme.example' });
    const { invite, ack } = await connect(alice, bob);
    for (const { text } of [invite, ack]) {
      // The Request-URI is the phone's own, the body the caller's.
      const head = text.slice(text.indexOf('\r\n') + 2, text.indexOf('\r\n\r\n') + 2);
      expect(head).not.toMatch(/edge-|media-/);
      const rest = head.replaceAll(/^(Via|Contact): .*\r\n/gm, '');
      expect(rest).not.toMatch(/edge-|127\.|media-/);
      const octets = [...rest.matchAll(/<sip:([\w-]{40,})@/g)].map(([, token = '']) =>
        Buffer.from(token, 'base64url').toString('latin1'),
      );
      expect(octets.join()).not.toMatch(/edge-|media-/);
    }
    expect(invite.headers('Record-Route')).toHaveLength(1);
  });
});

describe('a third edge', () => {
  it.for(['caller', 'callee'] as const)('passes on what the %s says', async (side, { tiers: open }) => {
    const tiers = await open();
    const sipShared = 'sip.acme.example';
    const [alice, bob] = await apart(tiers, ['tcp', 'tcp'], { sipShared });
    await tiers.edge('edge-3', third, { sipShared });
    const call = await connect(alice, bob);
    const elsewhere = await tiers.phone(third, 'tcp');
    const [moved, peer] = [call[side].at(elsewhere), side === 'caller' ? bob : alice];
    const { asked } = await reoffer(moved, elsewhere, peer);
    expect(path(asked).slice(0, -1)).toEqual([side === 'caller' ? there : here, third]);
    const [bye, answer] = await Promise.all([peer.answer('BYE'), moved.ask('BYE')]);
    expect(statusOf(answer)).toBe(200);
    expect(path(bye).slice(0, -1)).toEqual([side === 'caller' ? there : here, third]);
    // The edge that has the call ends it, when this one has told it to.
    await until(
      () => 'the end of the media session',
      () => tiers.sessions === 0,
    );
  });
});

describe('an edge that is gone', () => {
  /** One user with a contact at an edge that can be killed, and one that is preferred less, at another edge. */
  async function office(
    tiers: Tiers,
    transport: Protocol = 'tcp',
  ): Promise<{
    edge: Awaited<ReturnType<Tiers['mortalEdge']>>;
    alice: Phone;
    first: Phone;
    second: Phone;
  }> {
    await tiers.edge('edge-1', here);
    const edge = await tiers.mortalEdge('edge-2', there, transport === 'udp' ? datagrams(there) : {});
    const [alice, first] = [await tiers.phone(here), await tiers.phone(there, transport)];
    const second = await tiers.phone(here, 'udp', first.account);
    await first.register({ Contact: `${hidden(first)};q=1` });
    await second.register({ Contact: `${second.contact};q=0.5` });
    return { edge, alice, first, second };
  }

  it('has no phones: the next contact rings at once', async ({ tiers: open }) => {
    const tiers = await open();
    const { edge, alice, second } = await office(tiers);
    await edge.kill();
    const invite = await dial(alice, second.uri);
    await second.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
  });

  it.for(['udp', 'tcp'] as const)(
    'while its phone rings, over %s, is as one who refuses',
    async (transport, { tiers: open }) => {
      const tiers = await open();
      const { edge, alice, first, second } = await office(tiers, transport);
      const invite = await dial(alice, second.uri);
      await first.answer('INVITE', '180 Ringing');
      await alice.response(invite, 180);
      await edge.kill();
      await second.answer('INVITE', '486 Busy Here');
      expect(statusOf(await alice.final(invite))).toBe(486);
    },
  );

  it('and has begun anew has none of the connections that it had', async ({ tiers: open }) => {
    const tiers = await open();
    const { edge, alice, second } = await office(tiers);
    await edge.kill();
    await tiers.edge('edge-2', there);
    const invite = await dial(alice, second.uri);
    await second.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
  });

  it('leaves the caller with 480 when nothing else is there', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const edge = await tiers.mortalEdge('edge-2', there);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(there, 'tcp')];
    await bob.register();
    await edge.kill();
    expect(statusOf(await alice.final(await dial(alice, bob.uri)))).toBe(480);
  });
});

describe('an edge that is gone while its caller waits', () => {
  it('leaves no phone of another edge ringing', async ({ tiers: open }) => {
    const tiers = await open();
    const edge = await tiers.mortalEdge('edge-1', here);
    await tiers.edge('edge-2', there);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(there, 'tcp')];
    await bob.register();
    await dial(alice, bob.uri);
    const ringing = await bob.answer('INVITE', '180 Ringing');
    await edge.kill();
    expect((await bob.answer('CANCEL')).header('Reason')).toContain('cause=503');
    bob.reply(ringing, '487 Request Terminated');
    await bob.wire.receive('ACK');
  });
});

describe('a connection that its edge has lost', () => {
  it('is told to the edge that asks, and the next contact rings', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const [alice, first] = [await tiers.phone(here), await tiers.phone(there, 'tcp')];
    const second = await tiers.phone(here, 'udp', first.account);
    // The router is not told: as when the store was away.
    tiers.router.connectionEnded = async () => {};
    await first.register({ Contact: `${hidden(first)};q=1` });
    await second.register({ Contact: `${second.contact};q=0.5` });
    first.close();
    const invite = await dial(alice, second.uri);
    await second.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
  });
});

describe('a flow token', () => {
  /** The Route with which the first edge asked the second one; a witness stands for that. */
  async function overheard(tiers: Tiers): Promise<{ call: Call; bob: Phone; route: string }> {
    const [alice, bob] = await apart(tiers, ['udp', 'tcp']);
    const call = await connect(alice, bob);
    const witness = await tiers.phone(here);
    const owner = tiers.members.of('edge').find(({ id }) => id === 'edge-2')!;
    const impostor = { ...owner, addresses: { 'sip+udp': witness.wire.local } };
    tiers.members.remove(owner, 'left');
    tiers.members.enter(impostor);
    const info = call.caller.request('INFO');
    alice.send(info);
    const asked = await witness.answer('INFO');
    expect(statusOf(await alice.final(info))).toBe(200);
    const [route = ''] = asked.headers('Route');
    tiers.members.remove(impostor, 'left');
    tiers.members.enter(owner);
    return { call, bob, route: route.replace(witness.wire.local, `${there}:5060`) };
  }

  it('is good for its call alone, and nobody can make one', async ({ tiers: open }) => {
    const tiers = await open();
    const { call, bob, route } = await overheard(tiers);
    const mallory = await tiers.phone(there);
    const ask = (changes: Record<string, string>): Promise<Message> =>
      mallory.ask(mallory.request('INFO', bob.uri, { To: `<${bob.uri}>;tag=x`, Route: route, ...changes }));
    expect(statusOf(await ask({}))).toBe(481);
    expect(
      statusOf(await ask({ 'Call-ID': call.caller.callId, Route: route.replace(/:..../, ':AAAA') })),
    ).toBe(481);
    await bob.wire.silent();
    const right = mallory.request('INFO', bob.uri, { Route: route, 'Call-ID': call.caller.callId });
    mallory.send(right);
    await bob.answer('INFO');
    expect(statusOf(await mallory.final(right))).toBe(200);
    await hangUp(call, bob);
  });

  it('makes no edge of who has overheard it', async ({ tiers: open }) => {
    const tiers = await open();
    const { call, bob, route } = await overheard(tiers);
    const carol = await tiers.phone(here, 'tcp');
    await carol.register();
    const mallory = await tiers.phone(there, 'tcp');
    const right = mallory.request('INFO', bob.uri, { Route: route, 'Call-ID': call.caller.callId });
    mallory.send(right);
    await bob.answer('INFO');
    expect(statusOf(await mallory.final(right))).toBe(200);
    await hangUp(await connect(bob, carol), carol);
    await mallory.wire.silent();
    await hangUp(call, bob);
  });

  it('of another edge is not passed on', async ({ tiers: open }) => {
    const tiers = await open();
    const { call, bob, route } = await overheard(tiers);
    const mallory = await tiers.phone(here);
    const misled = mallory.request('INFO', bob.uri, { Route: route, 'Call-ID': call.caller.callId });
    expect(statusOf(await mallory.ask(misled))).toBe(430);
    await bob.wire.silent();
    await hangUp(call, bob);
  });
});

describe('a response that comes to another edge', () => {
  it('is handed over', async ({ tiers: open }) => {
    const tiers = await open();
    const [alice, bob] = await apart(tiers, ['udp', 'udp']);
    const invite = await dial(alice, bob.uri);
    const asked = await bob.wire.receive('INVITE');
    // As when the address that it was sent from has moved.
    const elsewhere = await tiers.phone(there, 'udp', bob.account);
    elsewhere.reply(asked, '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
    await bob.wire.receive('ACK');
  });
});
