import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { dial, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';

const describe = needs('namespace');

interface Setup {
  readonly alice: Phone;
  readonly bob: Phone;
  readonly invite: Message;
  /** The INVITE as bob got it. */
  readonly asked: Message;
}

async function setUp(phone: () => Promise<Phone>): Promise<Setup> {
  const [alice, bob] = [await phone(), await phone()];
  await bob.register();
  const invite = await dial(alice, bob.uri);
  return { alice, bob, invite, asked: await bob.wire.receive('INVITE') };
}

async function terminated({ alice, invite }: Setup): Promise<void> {
  const response = await alice.final(invite);
  expect(response.start).toBe('SIP/2.0 487 Request Terminated');
  alice.acknowledge(invite, response);
  await alice.wire.silent();
}

describe('a CANCEL', () => {
  it('reaches a phone that rings, with its reason, and ends the call', async ({ phone }) => {
    const setup = await setUp(phone);
    const { alice, bob, invite, asked } = setup;
    bob.reply(asked, '180 Ringing');
    await alice.response(invite, 180);
    const cancel = alice.cancel(invite, { Reason: 'SIP;cause=600;text="Never mind"' });
    expect(statusOf(await alice.ask(cancel))).toBe(200);
    const heard = await bob.answer('CANCEL');
    expect(heard.headers('Via')).toEqual([asked.headers('Via')[0]]);
    expect(heard.header('Reason')).toBe('SIP;cause=600;text="Never mind"');
    for (const name of ['From', 'To', 'Call-ID']) expect(heard.header(name)).toBe(asked.header(name));
    bob.reply(asked, '487 Request Terminated');
    expect((await bob.wire.receive('ACK')).headers('Via')).toEqual(heard.headers('Via'));
    await terminated(setup);
  });

  it('waits for a sign of the phone, while the caller does not', async ({ phone }) => {
    const setup = await setUp(phone);
    const { alice, bob, invite, asked } = setup;
    expect(statusOf(await alice.ask(alice.cancel(invite)))).toBe(200);
    await terminated(setup);
    await bob.wire.silent();
    bob.reply(asked, '180 Ringing');
    await bob.answer('CANCEL');
    bob.reply(asked, '487 Request Terminated');
    await bob.wire.receive('ACK');
    await alice.wire.silent();
  });

  it('loses against an answer that crosses it', async ({ phone }) => {
    const { alice, bob, invite, asked } = await setUp(phone);
    bob.reply(asked, '180 Ringing');
    await alice.response(invite, 180);
    expect(statusOf(await alice.ask(alice.cancel(invite)))).toBe(200);
    bob.reply(await bob.wire.receive('CANCEL'), '200 OK');
    bob.reply(asked, '200 OK', sdp, offer);
    const answer = await alice.final(invite);
    expect(statusOf(answer)).toBe(200);
    const caller = Dialog.ofCaller(alice, answer);
    caller.acknowledge();
    await bob.wire.receive('ACK');
    await hangUp({ caller }, bob);
  });

  it('wins against an answer that comes after the end, and the phone is let go', async ({ phone }) => {
    const setup = await setUp(phone);
    const { alice, bob, invite, asked } = setup;
    expect(statusOf(await alice.ask(alice.cancel(invite)))).toBe(200);
    await terminated(setup);
    bob.reply(asked, '200 OK', sdp, offer);
    await bob.wire.receive('ACK');
    await bob.answer('BYE');
    await alice.wire.silent();
  });

  it('is answered as often as it comes', async ({ phone }) => {
    const { alice, bob, invite, asked } = await setUp(phone);
    bob.reply(asked, '180 Ringing');
    const cancel = alice.cancel(invite);
    const answer = await alice.ask(cancel);
    expect((await alice.ask(cancel)).text).toBe(answer.text);
    await bob.answer('CANCEL');
  });

  it('means nothing when it is of another branch, or comes after the answer', async ({ phone }) => {
    const { alice, bob, invite, asked } = await setUp(phone);
    const via = invite.header('Via').replace(/branch=\w+/, `branch=z9hG4bK${fresh()}`);
    expect(statusOf(await alice.ask(alice.cancel(invite, { Via: via })))).toBe(481);
    bob.reply(asked, '200 OK', sdp, offer);
    const caller = Dialog.ofCaller(alice, await alice.final(invite));
    caller.acknowledge();
    await bob.wire.receive('ACK');
    expect(statusOf(await alice.ask(alice.cancel(invite)))).toBe(200);
    await bob.wire.silent();
    await hangUp({ caller }, bob);
  });
});

describe('an INVITE', () => {
  it('that is repeated is answered from its transaction, and rings once', async ({ phone }) => {
    const { alice, bob, invite, asked } = await setUp(phone);
    bob.reply(asked, '180 Ringing');
    const ringing = await alice.response(invite, 180);
    alice.send(invite);
    expect((await alice.response(invite, 180)).text).toBe(ringing.text);
    bob.reply(asked, '486 Busy Here');
    const refusal = await alice.final(invite);
    alice.send(invite);
    expect((await alice.final(invite)).text).toBe(refusal.text);
    alice.acknowledge(invite, refusal);
    await bob.wire.receive('ACK');
    await bob.wire.silent();
  });
});
