import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { dial, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { logged } from './log.ts';
import { type Account, offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';

const describe = needs('namespace');

/** A caller, the phones of one user that it has called, and the INVITE as each of them got it. */
interface Fork {
  readonly alice: Phone;
  readonly invite: Message;
  readonly bobs: readonly [Phone, Phone, ...Phone[]];
  /** The first two of them. */
  readonly bob: Phone;
  readonly other: Phone;
  readonly asked: readonly [Message, Message, ...Message[]];
}

type Open = (transport?: 'udp' | 'tcp', account?: Account) => Promise<Phone>;

async function fork(
  phone: Open,
  contacts: readonly [Headers, Headers, ...Headers[]] = [{}, {}],
): Promise<Fork> {
  const [alice, first] = [await phone(), await phone()];
  const bobs = [
    first,
    await phone('udp', first.account),
    ...(contacts.length > 2 ? [await phone('udp', first.account)] : []),
  ] as const;
  for (const [index, bob] of bobs.entries()) await bob.register(contacts[index]);
  const invite = await dial(alice, first.uri);
  const asked = await Promise.all(bobs.map((bob) => bob.wire.receive('INVITE')));
  return { alice, invite, bobs, bob: bobs[0], other: bobs[1], asked: asked as [Message, Message] };
}

/** Lets a phone be cancelled, and say so. */
async function cancelled(bob: Phone, invite: Message): Promise<Message> {
  const cancel = await bob.answer('CANCEL');
  bob.reply(invite, '487 Request Terminated');
  await bob.wire.receive('ACK');
  return cancel;
}

describe('a call to several phones', () => {
  it('rings at all of them, and the caller hears each, but of no 100 of theirs', async ({ phone }) => {
    const { alice, invite, bobs, asked } = await fork(phone, [{}, {}, {}]);
    for (const [index, bob] of bobs.entries()) bob.reply(asked[index]!, '100 Of Theirs');
    await bobs[0].wire.silent();
    await alice.wire.silent();
    for (const [index, bob] of bobs.entries()) {
      const status = 180 + index;
      bob.reply(asked[index]!, `${status} Ringing`);
      expect((await alice.response(invite, status)).header('To')).toContain(bob.tag);
    }
  });

  it("is the first one's that answers, and the others' no more", async ({ phone }) => {
    const { alice, invite, bob, other, asked } = await fork(phone);
    for (const [index, each] of [bob, other].entries()) each.reply(asked[index]!, '180 Ringing');
    const said = bob.reply(asked[0], '200 OK', sdp, offer);
    const cancel = await cancelled(other, asked[1]);
    expect(cancel.header('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    const answer = await alice.final(invite);
    expect(answer.header('To')).toBe(said.header('To'));
    const caller = Dialog.ofCaller(alice, answer);
    caller.acknowledge();
    await bob.wire.receive('ACK');
    await hangUp({ caller }, bob);
  });

  it('repeats the answer, and its ACK, as often as they come', async ({ phone }) => {
    const { alice, invite, bob, other, asked } = await fork(phone);
    other.reply(asked[1], '486 Busy Here');
    const said = bob.reply(asked[0], '200 OK', sdp, offer);
    const answer = await alice.final(invite);
    const caller = Dialog.ofCaller(alice, answer);
    for (let times = 0; times < 3; times++) {
      bob.send(said);
      expect((await alice.final(invite)).text).toBe(answer.text);
      caller.acknowledge();
      expect((await bob.wire.receive('ACK')).header('CSeq')).toBe('2 ACK');
    }
    await hangUp({ caller }, bob);
  });

  it('lets go whoever answers as well, each time', async ({ phone }) => {
    const { alice, invite, bob, other, asked } = await fork(phone);
    bob.reply(asked[0], '200 OK', sdp, offer);
    const late = other.reply(asked[1], '200 OK', sdp, offer);
    const caller = Dialog.ofCaller(alice, await alice.final(invite));
    caller.acknowledge();
    expect((await other.wire.receive('ACK')).header('To')).toBe(late.header('To'));
    const bye = await other.answer('BYE');
    expect(bye.header('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    other.send(late);
    await other.wire.receive('ACK');
    await alice.wire.silent();
    await hangUp({ caller }, bob);
  });

  it('does not wait for a phone that is gone', async ({ phone }) => {
    const [alice, gone] = [await phone(), await phone()];
    const bob = await phone('udp', gone.account);
    for (const each of [gone, bob]) await each.register();
    gone.close();
    const invite = await dial(alice, bob.uri);
    const asked = await bob.answer('INVITE', '180 Ringing');
    await alice.response(invite, 180);
    bob.reply(asked, '200 OK', sdp, offer);
    const caller = Dialog.ofCaller(alice, await alice.final(invite));
    caller.acknowledge();
    await hangUp({ caller }, bob);
  });

  it('does not wait for a phone that refuses the connection', async ({ phone }) => {
    const [alice, deaf] = [await phone(), await phone()];
    const bob = await phone('udp', deaf.account);
    await deaf.register({ Contact: deaf.contact.replace('transport=udp', 'transport=tcp') });
    await bob.register();
    const invite = await dial(alice, bob.uri);
    await bob.answer('INVITE', '486 Busy Here');
    expect((await alice.final(invite)).start).toBe('SIP/2.0 486 Busy Here');
    await deaf.wire.silent();
  });

  it('has failed with 480 when nobody can be reached at all', async ({ live: { tandem }, phone }) => {
    const [alice, deaf] = [await phone(), await phone()];
    await deaf.register({ Contact: deaf.contact.replace('transport=udp', 'transport=tcp') });
    const invite = await dial(alice, deaf.uri);
    expect((await alice.final(invite)).start).toBe('SIP/2.0 480 Temporarily Unavailable');
    const ended = { status: 480, fault: 'target-unreachable', outcome: 'upstream_error' };
    expect(await logged(tandem, invite, ({ msg }) => msg === 'call ended')).toMatchObject(ended);
    const cause = `target-unreachable: connection refused ${deaf.wire.local}`;
    expect(await logged(tandem, invite, ({ msg }) => msg === cause)).toMatchObject({ level: 'info' });
  });

  it.for([
    ['486 Busy Here', '404 Not Found', '486 Busy Here'],
    ['404 Not Found', '480 Later', '480 Later'],
    ['503 Service Unavailable', '404 Not Found', '404 Not Found'],
    ['503 Service Unavailable', '503 Service Unavailable', '500 Server Internal Error'],
    ['302 Moved', '486 Busy Here', '302 Moved'],
    ['500 Oh', '488 No Codec', '488 No Codec'],
  ] as const)('that fails with %s and %s has failed with %s', async ([one, two, best], { phone }) => {
    const { alice, invite, bob, other, asked } = await fork(phone);
    bob.reply(asked[0], one);
    await bob.wire.receive('ACK');
    other.reply(asked[1], two);
    await other.wire.receive('ACK');
    const refusal = await alice.final(invite);
    expect(refusal.start).toBe(`SIP/2.0 ${best}`);
    alice.acknowledge(invite, refusal);
    await alice.wire.silent();
  });

  it('has all challenges of its phones, to be answered together', async ({ phone }) => {
    const { alice, invite, bob, other, asked } = await fork(phone);
    const [proxy, user] = ['Digest realm="one", nonce="1"', 'Digest realm="two", nonce="2"'];
    bob.reply(asked[0], '407 Proxy Authentication Required', { 'Proxy-Authenticate': proxy });
    other.reply(asked[1], '401 Unauthorized', { 'WWW-Authenticate': user });
    const challenge = await alice.final(invite);
    expect(statusOf(challenge)).toBe(401);
    expect(challenge.headers('Proxy-Authenticate')).toEqual([proxy]);
    expect(challenge.headers('WWW-Authenticate')).toEqual([user]);
  });

  it('ends everywhere when one declines for all', async ({ phone }) => {
    const { alice, invite, bob, other, asked } = await fork(phone);
    other.reply(asked[1], '180 Ringing');
    await alice.response(invite, 180);
    bob.reply(asked[0], '603 Decline');
    const cancel = await cancelled(other, asked[1]);
    expect(cancel.header('Reason')).toBe('SIP;cause=603;text="Declined"');
    expect((await alice.final(invite)).start).toBe('SIP/2.0 603 Decline');
  });
});
