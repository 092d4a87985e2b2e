import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { nextAccount } from './acme.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import {
  answered,
  beyond,
  callPast,
  described,
  expectSilence,
  hangUp,
  outside,
  tales,
  talk,
} from './tales.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const here = address(11);
const bob = `sip:bob@${outside}`;

/** Tiers that may call other domains, one of which is at `outside`. */
async function open(start: (changes: object) => Promise<Tiers>, changes = {}, heard: Message[] = []) {
  const tiers = await start({ callsToOtherDomains: true, ...changes });
  return { tiers, other: await tiers.outside(outside, here, heard) };
}

/** A call that was answered, from both sides. */
async function talking(phone: Phone, other: Phone): Promise<readonly [mine: Dialog, theirs: Dialog]> {
  const invite = await callPast(phone, bob, { 'Record-Route': undefined });
  const { mine, theirs } = await answered(invite, phone, other);
  return [mine, theirs];
}

describe('another domain that is called', () => {
  it('sees nothing of what is inside, and any edge goes on with the call', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { other, tiers } = await open(start, {}, heard);
    const first = await tiers.mortalEdge('edge-1', here);
    const phone = await tiers.phone(here);
    const invite = await callPast(phone, bob, { From: `"Al" <${phone.uri}>;tag=1` });
    const asked = await other.wire.receive('INVITE');
    expect(asked.start).toBe(`INVITE ${bob} SIP/2.0`);
    expect(asked.headers('Via')).toHaveLength(1);
    expect(asked.header('From')).toBe(`"Al" <${phone.uri}>;tag=1`);
    expect(asked.header('Contact')).toContain(`@${here}:5060>`);
    const said = other.reply(asked, '200 OK', sdp, described(outside));
    const answer = await phone.final(invite);
    for (const name of ['From', 'Call-ID', 'CSeq']) expect(answer.header(name)).toBe(invite.header(name));
    const [mine, theirs] = [Dialog.ofCaller(phone, answer), Dialog.ofCallee(other, asked, said)];
    mine.acknowledge({ ...tales(phone), ...beyond(mine) });
    await other.wire.receive('ACK');
    await tiers.recorded();
    await first.kill();
    await tiers.edge('edge-2', here);
    await talk(mine, theirs, { phone, carrier: other });
    await hangUp(theirs, phone);
    expectSilence(heard, phone);
  });

  it('asks for credentials that the caller has there, and gets those alone', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { other, tiers } = await open(start, {}, heard);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'tcp');
    await phone.register();
    const common = { 'Call-ID': `1@${phone.wire.local}`, From: `<${phone.uri}>;tag=1` };
    const first = phone.offer(bob, common);
    phone.send(first);
    const ask = {
      'Proxy-Authenticate': 'Digest realm="there.example", nonce="n", algorithm=MD5, qop="auth"',
    };
    await other.answer('INVITE', '407 Proxy Authentication Required', ask);
    await other.wire.receive('ACK');
    const challenge = await phone.final(first);
    expect(challenge.header('Proxy-Authenticate')).toBe(ask['Proxy-Authenticate']);
    phone.acknowledge(first, challenge);
    const account = { user: 'al', domain: 'there.example', password: 'x' };
    const proof = phone.credentials(challenge, first, 1, account);
    const second = phone.offer(bob, { ...common, ...proof, CSeq: '2 INVITE' });
    phone.send(second);
    const asked = await other.answer('INVITE', '486 Busy Here');
    expect(asked.headers('Proxy-Authorization')).toEqual([proof['Proxy-Authorization']]);
    expect(statusOf(await phone.final(second))).toBe(486);
    expectSilence(heard, phone);
  });

  it('is written and subscribed to as little told', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { other, tiers } = await open(start, {}, heard);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here);
    const headers = { ...tales(phone), 'Content-Type': 'text/plain', 'Call-ID': `2@${phone.wire.local}` };
    const message = await phone.tell('MESSAGE', bob, headers, 'Hello');
    expect((await other.answer('MESSAGE')).body).toBe('Hello');
    expect((await phone.final(message)).header('Call-ID')).toBe(`2@${phone.wire.local}`);
    const events = { ...headers, Event: 'dialog', Expires: '300' };
    const asked = await phone.tell('SUBSCRIBE', bob, events);
    const got = await other.wire.receive('SUBSCRIBE');
    const notifier = Dialog.ofCallee(other, got, other.reply(got, '200 OK', { Expires: '300' }));
    const subscriber = Dialog.ofCaller(phone, await phone.final(asked));
    const state = { Event: 'dialog', 'Subscription-State': 'active;expires=300' };
    const [notify, notified] = await Promise.all([
      phone.answer('NOTIFY', '200 OK', tales(phone)),
      notifier.ask('NOTIFY', state),
    ]);
    expect(notify.start).toContain(phone.wire.local);
    const [, ended] = await Promise.all([
      other.answer('SUBSCRIBE'),
      subscriber.ask('SUBSCRIBE', { ...events, 'Call-ID': subscriber.callId, Expires: '0' }),
    ]);
    expect([statusOf(notified), statusOf(ended)]).toEqual([200, 200]);
    expectSilence(heard, phone);
  });

  it('sees nobody where the caller wants to be nobody', async ({ tiers: start }) => {
    const { other, tiers } = await open(start);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here);
    const invite = await callPast(phone, bob, { Privacy: 'user;id', Subject: 'me' });
    const asked = await other.answer('INVITE', '486 Busy Here');
    expect(asked.header('From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/);
    expect(asked.text).not.toContain(phone.account.user);
    expect((await phone.final(invite)).header('From')).toBe(invite.header('From'));
  });

  it('sees the phone where the tenant hides nothing', async ({ tiers: start }) => {
    const { other, tiers } = await open(start, { hideTopology: false });
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', nextAccount());
    const [mine, theirs] = await talking(phone, other);
    expect(theirs.target).toContain(phone.wire.local);
    expect(theirs.callId).toBe(mine.callId);
    await hangUp(theirs, phone);
  });
});
