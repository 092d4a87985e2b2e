import type { event } from '@tandem/contract';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { type Call, connect, dial, hangUp, reoffer } from './call.ts';
import { Dialog } from './dialog.ts';
import { ear } from './ear.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const here = address(11);
const [firstHost, nextHost] = [address(2), address(3)];
const sides = ['caller', 'callee'] as const;

/** A call through the first of two media workers, and who is in it. */
async function up(tiers: Tiers): Promise<{ call: Call; alice: Phone; bob: Phone }> {
  const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
  await bob.register();
  const call = await connect(alice, bob);
  await tiers.recorded();
  await tiers.media('media-2', nextHost);
  return { call, alice, bob };
}

function number(message: Message): number {
  return Number.parseInt(message.header('CSeq'), 10);
}

/** The version, and where media is to be sent. */
function said({ body }: Message): { version: number; host: string } {
  const [, version = ''] = /^o=\S+ \d+ (\d+) IN IP4 \S+/m.exec(body) ?? [];
  const [, host = ''] = /^c=IN IP4 (\S+)/m.exec(body) ?? [];
  return { version: Number(version), host };
}

/** Takes the re-INVITE with which the switch moves a party. */
async function taken(phone: Phone, body = offer): Promise<{ invite: Message; ack: Message }> {
  const invite = await phone.answer('INVITE', '200 OK', sdp, body);
  return { invite, ack: await phone.wire.receive('ACK') };
}

/** A new offer of one party reaches the other one, with the media where it is now. */
async function changed(
  call: Call,
  side: (typeof sides)[number],
  sender: Phone,
  peer: Phone,
): Promise<Message> {
  const { ack, answer, asked } = await reoffer(call[side], sender, peer);
  expect([said(asked).host, said(answer).host]).toEqual([nextHost, nextHost]);
  expect(number(ack)).toBe(number(asked));
  return asked;
}

/** Waits until the edge has written down that a move is over. */
async function written(tiers: Tiers): Promise<void> {
  await until(
    () => 'the record of a call that was moved',
    async () => (await tiers.records()).every(({ dialog }) => !('movingUntil' in dialog)),
  );
}

function isEnd({ kind }: event.Event): boolean {
  return kind?.$case === 'callEnded';
}

describe('a call whose media worker dies', () => {
  it('is heard both ways through another one', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    const [earOfAlice, earOfBob] = [await ear(), await ear()];
    await bob.register();
    const invite = await alice.invite(bob.uri, {}, earOfAlice.body);
    await bob.answer('INVITE', '200 OK', sdp, earOfBob.body);
    Dialog.ofCaller(alice, await alice.final(invite)).acknowledge();
    await bob.wire.receive('ACK');
    await tiers.media('media-2', nextHost);
    await tiers.killMedia('media-1');
    const [atAlice, atBob] = await Promise.all([taken(alice, earOfAlice.body), taken(bob, earOfBob.body)]);
    const heard = Promise.all([earOfAlice.hear(), earOfBob.hear()]);
    earOfAlice.speak(atAlice.invite);
    earOfBob.speak(atBob.invite);
    expect(await heard).toEqual([nextHost, nextHost]);
  });

  it('is offered another one, to both parties, each in the name of the other', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    expect([said(call.invite).host, said(call.answer).host]).toEqual([firstHost, firstHost]);
    await tiers.killMedia('media-1');
    const [atAlice, atBob] = await Promise.all([taken(alice), taken(bob)]);
    for (const { invite, ack } of [atAlice, atBob]) {
      expect(said(invite)).toEqual({ version: 2, host: nextHost });
      expect(invite.header('Call-ID')).toBe(call.caller.callId);
      expect(number(ack)).toBe(number(invite));
    }
    expect(atBob.invite.header('From')).toBe(call.invite.header('From'));
    expect(atBob.invite.header('To')).toBe(call.answer.header('To'));
    expect(atAlice.invite.header('From')).toBe(call.answer.header('To'));
    expect(atAlice.invite.header('To')).toBe(call.answer.header('From'));
    expect(atBob.invite.header('Contact')).toBe(call.invite.header('Contact'));
    expect(number(atBob.invite)).toBeGreaterThan(number(call.invite));
    expect(tiers.sessions).toBe(1);
  });

  it.for(sides)(
    'is changed and ended by its %s afterwards, with numbers that rise',
    async (side, { tiers: open }) => {
      const tiers = await open();
      await tiers.edge('edge-1', here);
      const { call, alice, bob } = await up(tiers);
      await tiers.killMedia('media-1');
      const [atAlice, atBob] = await Promise.all([taken(alice), taken(bob)]);
      const peer = side === 'caller' ? bob : alice;
      const [sender, moved] = side === 'caller' ? [alice, atBob] : [bob, atAlice];
      const asked = await changed(call, side, sender, peer);
      expect(number(asked)).toBeGreaterThan(number(moved.invite));
      expect(said(asked).version).toBe(2);
      const [bye, answer] = await Promise.all([peer.answer('BYE'), call[side].ask('BYE')]);
      expect(number(bye)).toBeGreaterThan(number(asked));
      expect(statusOf(answer)).toBe(200);
      const { kind } = await tiers.events.take('the end of the call', isEnd);
      expect(kind?.value).toMatchObject({ releasedBy: side, outcome: 'success', mediaMoves: 1 });
      expect(tiers.sessions).toBe(0);
    },
  );

  it('goes on when a party refuses', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    await tiers.killMedia('media-1');
    const [, atBob] = await Promise.all([alice.answer('INVITE', '488 Not Acceptable Here'), taken(bob)]);
    await alice.wire.receive('ACK');
    const asked = await changed(call, 'caller', alice, bob);
    expect(number(asked)).toBeGreaterThan(number(atBob.invite));
  });

  it('is offered again to a party that has an offer of its own under way', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    await tiers.killMedia('media-1');
    const [first] = await Promise.all([alice.answer('INVITE', '491 Request Pending'), taken(bob)]);
    await alice.wire.receive('ACK');
    const again = await taken(alice);
    expect(number(again.invite)).toBe(number(first) + 1);
    expect(said(again.invite)).toEqual({ version: 2, host: nextHost });
    await changed(call, 'callee', bob, alice);
  });

  it('is ended when a party does not know it any more', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { alice, bob } = await up(tiers);
    await tiers.killMedia('media-1');
    const [, { invite }] = await Promise.all([
      alice.answer('INVITE', '481 Call/Transaction Does Not Exist'),
      taken(bob),
    ]);
    const [, bye] = await Promise.all([
      alice.answer('BYE', '481 Call/Transaction Does Not Exist'),
      bob.answer('BYE'),
    ]);
    expect(number(bye)).toBe(number(invite) + 1);
    const { kind } = await tiers.events.take('the end of the call', isEnd);
    expect(kind?.value).toMatchObject({ releasedBy: 'system', fault: 'party-lost' });
  });

  it('leaves nothing behind when it ends while another worker takes it', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    const { answered, go } = tiers.bus.holdMedia();
    await tiers.killMedia('media-1');
    await answered;
    expect(tiers.sessions).toBe(1);
    await hangUp(call, bob);
    await until(
      () => 'no call on record',
      async () => (await tiers.records()).length === 0,
    );
    go();
    await until(
      () => 'no media session',
      () => tiers.sessions === 0,
    );
    for (const phone of [alice, bob]) await phone.wire.silent();
  });

  it('refuses offers of its parties for as long as it is being moved', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    await tiers.killMedia('media-1');
    const [atAlice] = await Promise.all([alice.wire.receive('INVITE'), taken(bob)]);
    const invite = call.callee.request('INVITE', sdp, offer);
    const refusal = await bob.ask(invite);
    expect(statusOf(refusal)).toBe(491);
    bob.acknowledge(invite, refusal);
    alice.reply(atAlice, '200 OK', sdp, offer);
    await alice.wire.receive('ACK');
    await changed(call, 'callee', bob, alice);
  });

  it('tells a party to offer again that does so before anybody knows', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    const known = await tiers.crashMedia('media-1');
    const invite = call.caller.request('INVITE', sdp, offer);
    const refusal = await alice.ask(invite);
    expect(statusOf(refusal)).toBe(491);
    alice.acknowledge(invite, refusal);
    known();
    await Promise.all([taken(alice), taken(bob)]);
    await changed(call, 'caller', alice, bob);
  });

  it('is left where it is when that is only late, and asked again', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    void tiers.bus.pauseMedia();
    const invite = call.caller.request('INVITE', sdp, offer);
    const refusal = await alice.ask(invite);
    expect(statusOf(refusal)).toBe(504);
    alice.acknowledge(invite, refusal);
    tiers.bus.resumeMedia();
    const asked = tiers.bus.pauseMedia().then(() => tiers.bus.resumeMedia());
    const again = call.caller.request('INVITE', sdp, offer);
    alice.send(again);
    await asked;
    expect(said(await bob.answer('INVITE', '200 OK', sdp, offer)).host).toBe(firstHost);
    expect(said(await alice.final(again)).host).toBe(firstHost);
  });

  it('is moved with several streams, as they are', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    const video = 'm=video 0 RTP/AVP 96\r\nm=image 4010 udptl t38\r\na=sendonly\r\n';
    const invite = call.caller.request('INVITE', sdp, offer.replace('1 1 IN', '1 7 IN') + video);
    alice.send(invite);
    await bob.answer('INVITE', '200 OK', sdp, offer.replace('1 1 IN', '1 4 IN') + video);
    await alice.final(invite);
    call.caller.acknowledge();
    await bob.wire.receive('ACK');
    await tiers.killMedia('media-1');
    const [atAlice, atBob] = await Promise.all([taken(alice), taken(bob)]);
    expect([said(atAlice.invite), said(atBob.invite)]).toEqual([
      { version: 5, host: nextHost },
      { version: 8, host: nextHost },
    ]);
    for (const { body } of [atAlice.invite, atBob.invite]) {
      expect(body).toMatch(
        /^m=audio 2\d{4} RTP\/AVP 0\r\nm=video 0 RTP\/AVP 96\r\nm=image 2\d{4} udptl t38\r$/m,
      );
    }
  });

  it('is moved when the callee had made the offer', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    await tiers.media('media-2', nextHost);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    const invite = await alice.invite(bob.uri, { 'Content-Type': undefined }, '');
    const asked = await bob.answer('INVITE', '200 OK', sdp, offer);
    expect(asked.body).toBe('');
    const answer = await alice.final(invite);
    Dialog.ofCaller(alice, answer).acknowledge(sdp, offer);
    await bob.wire.receive('ACK');
    await written(tiers);
    const [dead, alive] = said(answer).host === firstHost ? ['media-1', nextHost] : ['media-2', firstHost];
    await tiers.killMedia(dead);
    const [atAlice, atBob] = await Promise.all([taken(alice), taken(bob)]);
    expect([said(atAlice.invite).host, said(atBob.invite).host]).toEqual([alive, alive]);
  });

  it('is moved more than once', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    await tiers.killMedia('media-1');
    await Promise.all([taken(alice), taken(bob)]);
    await tiers.media('media-1', firstHost);
    await tiers.killMedia('media-2');
    const [atAlice, atBob] = await Promise.all([taken(alice), taken(bob)]);
    expect(said(atAlice.invite)).toEqual({ version: 3, host: firstHost });
    const [bye] = await Promise.all([bob.answer('BYE'), call.caller.ask('BYE')]);
    expect(number(bye)).toBeGreaterThan(number(atBob.invite));
  });

  it('is served at another edge, which finds its numbers on record', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    await tiers.killMedia('media-1');
    const [atAlice, atBob] = await Promise.all([taken(alice), taken(bob)]);
    await written(tiers);
    await first.kill();
    await tiers.edge('edge-2', here);
    expect(number(await changed(call, 'caller', alice, bob))).toBeGreaterThan(number(atBob.invite));
    expect(number(await changed(call, 'callee', bob, alice))).toBeGreaterThan(number(atAlice.invite));
    await Promise.all([bob.answer('BYE'), call.caller.ask('BYE')]);
    const { kind } = await tiers.events.take('the end of the call', isEnd);
    expect(kind?.value).toMatchObject({ releasedBy: 'caller', mediaMoves: 1 });
  });

  it('is told of another one once it is answered, when it was still ringing', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    await tiers.media('media-2', nextHost);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    const invite = await dial(alice, bob.uri);
    const asked = await bob.answer('INVITE', '180 Ringing');
    const { host } = said(asked);
    await alice.response(invite, 180);
    const [dead, alive] = host === firstHost ? ['media-1', nextHost] : ['media-2', firstHost];
    await tiers.killMedia(dead);
    bob.reply(asked, '200 OK', sdp, offer);
    const answer = await alice.final(invite);
    expect([statusOf(answer), said(answer).host]).toEqual([200, alive]);
    Dialog.ofCaller(alice, answer).acknowledge();
    await bob.wire.receive('ACK');
    const again = await taken(bob);
    expect(said(again.invite)).toEqual({ version: 2, host: alive });
    expect(tiers.sessions).toBe(1);
    await alice.wire.silent();
  });

  it('fails when it is answered and there is no other worker', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    const invite = await dial(alice, bob.uri);
    const asked = await bob.answer('INVITE', '180 Ringing');
    await alice.response(invite, 180);
    await tiers.killMedia('media-1');
    bob.reply(asked, '200 OK', sdp, offer);
    expect(statusOf(await alice.final(invite))).toBe(503);
    await bob.wire.receive('ACK');
    await bob.answer('BYE');
    const { kind } = await tiers.events.take('the end of the call', isEnd);
    expect(kind?.value).toMatchObject({ fault: 'media-unavailable', status: 503, answeredBy: '' });
  });

  it('is moved as soon as another one comes, when there is none', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    await connect(alice, bob);
    await tiers.killMedia('media-1');
    await tiers.media('media-2', nextHost);
    const [atAlice, atBob] = await Promise.all([taken(alice), taken(bob)]);
    expect([said(atAlice.invite).host, said(atBob.invite).host]).toEqual([nextHost, nextHost]);
  });
});

describe('a call whose media worker drains', () => {
  it('is moved, one party after the other, and what was counted goes along', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    const drained = tiers.drainMedia('media-1');
    const atAlice = await taken(alice);
    const atBob = await taken(bob);
    expect([said(atAlice.invite).host, said(atBob.invite).host]).toEqual([nextHost, nextHost]);
    await drained;
    expect(number(await changed(call, 'caller', alice, bob))).toBeGreaterThan(number(atBob.invite));
    await Promise.all([alice.answer('BYE'), call.callee.ask('BYE')]);
    await tiers.events.take('the end of the call', isEnd);
    expect(tiers.sessions).toBe(0);
  });

  it('is hung up to a party that takes a BYE for an old one: an offer of ours has overtaken it', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    const drained = tiers.drainMedia('media-1');
    await taken(alice);
    await taken(bob);
    await drained;
    const refused = alice.answer('BYE', '500 Server Internal Error');
    const [late, answer] = await Promise.all([refused, call.callee.ask('BYE')]);
    expect(statusOf(answer)).toBe(500);
    expect(number(await alice.answer('BYE'))).toBeGreaterThan(number(late));
    await tiers.events.take('the end of the call', isEnd);
    expect(tiers.sessions).toBe(0);
  });

  it('stays when its caller refuses', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { alice, bob } = await up(tiers);
    void tiers.drainMedia('media-1');
    await alice.answer('INVITE', '488 Not Acceptable Here');
    await alice.wire.receive('ACK');
    await written(tiers);
    await bob.wire.silent();
    expect((await tiers.records())[0]).toMatchObject({
      mediaSession: expect.stringMatching(/^media-1\./),
      mediaMoves: 0,
    });
  });

  it('goes back when its callee refuses', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { call, alice, bob } = await up(tiers);
    void tiers.drainMedia('media-1');
    await taken(alice);
    await bob.answer('INVITE', '488 Not Acceptable Here');
    await bob.wire.receive('ACK');
    const back = await taken(alice);
    expect(said(back.invite)).toEqual({ version: 3, host: firstHost });
    await written(tiers);
    const invite = call.callee.request('INVITE', sdp, offer);
    bob.send(invite);
    const asked = await alice.answer('INVITE', '200 OK', sdp, offer);
    expect([said(asked).host, said(await bob.final(invite)).host]).toEqual([firstHost, firstHost]);
  });
});
