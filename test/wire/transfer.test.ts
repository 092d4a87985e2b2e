import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { type Call, connect, dial, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';

const describe = needs('namespace');

/** Three phones; who is called has registered. */
async function three(phone: () => Promise<Phone>): Promise<[alice: Phone, bob: Phone, carol: Phone]> {
  const [alice, bob, carol] = [await phone(), await phone(), await phone()];
  for (const each of [bob, carol]) await each.register();
  return [alice, bob, carol];
}

/** Tells how the transfer goes on, RFC 3515 section 2.4.5. */
async function progress(dialog: Dialog, state: string, status: string, to: Phone): Promise<void> {
  const headers = {
    Event: 'refer',
    'Subscription-State': state,
    'Content-Type': 'message/sipfrag;version=2.0',
  };
  const [notify, answer] = await Promise.all([
    to.answer('NOTIFY'),
    dialog.ask('NOTIFY', headers, `SIP/2.0 ${status}\r\n`),
  ]);
  expect([notify.header('Subscription-State'), notify.body]).toEqual([state, `SIP/2.0 ${status}\r\n`]);
  expect(statusOf(answer)).toBe(200);
}

/** Asks the other side of a call to call somebody else; returns the REFER as that side got it. */
async function refer(dialog: Dialog, peer: Phone, headers: Headers): Promise<Message> {
  const asked = dialog.ask('REFER', headers);
  const got = await peer.answer('REFER', '202 Accepted');
  expect(statusOf(await asked)).toBe(202);
  return got;
}

/** Takes the call that follows, whose headers are `expected`, and lets the caller hang up in the end. */
async function taken(caller: Phone, invite: Message, callee: Phone, expected: Headers): Promise<Message> {
  const came = await callee.answer('INVITE', '200 OK', sdp, offer);
  for (const [name, value] of Object.entries(expected)) expect(came.header(name)).toBe(value);
  Dialog.ofCaller(caller, await caller.final(invite)).acknowledge();
  await callee.wire.receive('ACK');
  return came;
}

function tagOf(value: string): string {
  return /;tag=([^;]+)/.exec(value)?.[1] ?? '';
}

describe('a call is transferred', () => {
  it('blindly, to whom the caller may call', async ({ phone }) => {
    const [alice, bob, carol] = await three(phone);
    const call = await connect(alice, bob);
    const by = { 'Refer-To': `<${carol.uri}>`, 'Referred-By': `<${bob.uri}>` };
    const got = await refer(call.callee, alice, by);
    expect([got.header('Refer-To'), got.header('Referred-By')]).toEqual(Object.values(by));
    await progress(call.caller, 'active;expires=60', '100 Trying', bob);
    const invite = await dial(alice, carol.uri, { 'Referred-By': by['Referred-By'] });
    await taken(alice, invite, carol, { 'Referred-By': by['Referred-By'] });
    await progress(call.caller, 'terminated;reason=noresource', '200 OK', bob);
    await Promise.all([alice.answer('BYE'), call.callee.ask('BYE')]);
  });

  it('with consultation: the new call replaces the one that the phone knows', async ({ phone }) => {
    const [alice, bob, carol] = await three(phone);
    const first = await connect(alice, bob);
    const second = await connect(alice, carol);
    const [, contact = ''] = /<([^>]*)>/.exec(second.answer.header('Contact')) ?? [];
    const replaced = `${second.caller.callId};to-tag=${tagOf(second.answer.header('To'))};from-tag=${tagOf(second.answer.header('From'))}`;
    const referTo = `<${contact}?Replaces=${encodeURIComponent(replaced)}>`;
    const got = await refer(first.caller, bob, { 'Refer-To': referTo, 'Referred-By': `<${alice.uri}>` });
    expect(got.header('Refer-To')).toBe(referTo);
    await progress(first.callee, 'active;expires=60', '100 Trying', alice);
    const headers = { Replaces: replaced, Require: 'replaces', 'Referred-By': `<${alice.uri}>` };
    const invite = await dial(bob, contact, headers);
    const came = await taken(bob, invite, carol, headers);
    // What is named is the dialog as Carol's phone knows it.
    const { callId } = second.callee;
    const [mine, theirs] = [carol.tag, tagOf(second.invite.header('From'))];
    expect(came.header('Replaces')).toBe(`${callId};to-tag=${mine};from-tag=${theirs}`);
    await Promise.all([alice.answer('BYE'), second.callee.ask('BYE')]);
    await progress(first.callee, 'terminated;reason=noresource', '200 OK', alice);
    await hangUp(first, bob);
  });

  it('to a contact only where that is registered, by a user of the tenant', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const nowhere = bob.contact.slice(1, -1).replace(/:\d+;/, ':9;');
    for (const uri of [nowhere, 'sip:bob@203.0.113.9']) {
      const invite = await alice.invite(uri);
      const refusal = await alice.final(invite);
      expect(statusOf(refusal)).toBe(403);
      alice.acknowledge(invite, refusal);
    }
    await bob.wire.silent();
  });

  it('and reported on while it rings, or when it fails', async ({ phone }) => {
    const [alice, bob, carol] = await three(phone);
    const call: Call = await connect(alice, bob);
    await refer(call.callee, alice, { 'Refer-To': `<${carol.uri}>` });
    const invite = await dial(alice, carol.uri);
    await carol.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
    await progress(call.caller, 'terminated;reason=noresource', '486 Busy Here', bob);
    const refreshed = call.callee.ask('SUBSCRIBE', { Event: 'refer', Expires: '0' });
    await alice.answer('SUBSCRIBE', '481 Gone');
    expect(statusOf(await refreshed)).toBe(481);
    await hangUp(call, bob);
  });
});
