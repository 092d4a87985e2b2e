import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import type { Tenant } from '../harness/tandem.ts';
import { acme, domain } from './acme.ts';
import { dial, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { it as base } from './fixture.ts';
import { logged } from './log.ts';
import { type Account, offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace');

/** Whose phones ring for a second; `nextAccount` does not get that far. */
const impatient: Account = { user: '1399', domain, password: 'secret-of-1399' };
const users = acme.users.map((user) => (user.name === impatient.user ? { ...user, ringTimeout: 1 } : user));
const it = base.extend<{ readonly tenant: Tenant }>({
  tenant: [{ ...acme, users, followRedirects: true }, { scope: 'file' }],
});

type Open = (transport?: 'udp' | 'tcp', account?: Account) => Promise<Phone>;

/** Phones of one user, registered with these preferences. */
async function phonesOf(phone: Open, preferences: readonly number[], account?: Account): Promise<Phone[]> {
  const phones: Phone[] = [];
  for (const q of preferences) {
    const each = await phone('udp', phones[0]?.account ?? account);
    await each.register({ Contact: `${each.contact};q=${q}` });
    phones.push(each);
  }
  return phones;
}

/** Answers an INVITE with a refusal, and waits for its ACK. */
async function refuse(phone: Phone, status: string, headers = {}): Promise<Message> {
  const invite = await phone.answer('INVITE', status, headers);
  await phone.wire.receive('ACK');
  return invite;
}

/** Takes a call, and lets the caller hang up. */
async function take(alice: Phone, asked: Message, bob: Phone, invite?: Message): Promise<void> {
  bob.reply(invite ?? (await bob.wire.receive('INVITE')), '200 OK', sdp, offer);
  const caller = Dialog.ofCaller(alice, await alice.final(asked));
  caller.acknowledge();
  await bob.wire.receive('ACK');
  await hangUp({ caller }, bob);
}

describe('a call to phones of different preference', () => {
  it('rings at two together, then at the third', async ({ phone }) => {
    const [one, two, three] = (await phonesOf(phone, [1, 1, 0.5])) as [Phone, Phone, Phone];
    const alice = await phone();
    const asked = await dial(alice, one.uri);
    const first = await Promise.all([one, two].map((each) => each.wire.receive('INVITE')));
    await three.wire.silent();
    one.reply(first[0]!, '486 Busy Here');
    await one.wire.receive('ACK');
    await three.wire.silent();
    two.reply(first[1]!, '503 Service Unavailable');
    await two.wire.receive('ACK');
    await take(alice, asked, three);
  });

  it('stops everywhere at 603, and is told of it', async ({ phone }) => {
    const [one, two, three] = (await phonesOf(phone, [1, 1, 0.5])) as [Phone, Phone, Phone];
    const alice = await phone();
    const asked = await dial(alice, one.uri);
    const ringing = await two.answer('INVITE', '180 Ringing');
    await alice.response(asked, 180);
    await refuse(one, '603 Decline');
    await two.answer('CANCEL');
    two.reply(ringing, '487 Request Terminated');
    expect((await alice.final(asked)).start).toBe('SIP/2.0 603 Decline');
    await three.wire.silent();
  });

  it('rings at each group for its time', async ({ phone }) => {
    const [one, two] = (await phonesOf(phone, [1, 0.5], impatient)) as [Phone, Phone];
    const alice = await phone();
    const asked = await dial(alice, one.uri);
    for (const each of [one, two]) {
      const invite = await each.answer('INVITE', '180 Ringing');
      const cancel = await each.answer('CANCEL');
      expect(cancel.header('Reason')).toBe('SIP;cause=408;text="Nobody answered"');
      each.reply(invite, '487 Request Terminated');
      await each.wire.receive('ACK');
    }
    expect(statusOf(await alice.final(asked))).toBe(408);
  });

  it('that all refuse says who has said what', async ({ live: { tandem }, phone }) => {
    const phones = await phonesOf(phone, [1, 0.5, 0.2]);
    const alice = await phone();
    const asked = await dial(alice, phones[0]!.uri);
    for (const [index, status] of ['404 No', '486 Busy Here', '500 Oh'].entries())
      await refuse(phones[index]!, status);
    expect((await alice.final(asked)).start).toBe('SIP/2.0 486 Busy Here');
    const ended = await logged(tandem, asked, ({ msg }) => msg === 'call ended');
    const attempts = [404, 486, 500].map(
      (status, index) => `${status} ${phones[index]!.contact.slice(1, -1)}`,
    );
    expect(ended).toMatchObject({ status: 486, attempts });
  });
});

describe('a call that is sent on', () => {
  /** A 302 of a phone: to these users, by their names and preferences. */
  function elsewhere(...to: (readonly [whom: Phone, q: number])[]): { Contact: string } {
    return { Contact: to.map(([{ uri }, q]) => `<${uri}?Subject=forged>;q=${q}`).join(', ') };
  }

  it('goes to whom the phone names, the preferred one first', async ({ phone }) => {
    const [bob, carol, dave] = [await phone(), await phone(), await phone()];
    for (const each of [bob, carol, dave]) await each.register();
    const alice = await phone();
    const asked = await dial(alice, bob.uri, {
      Diversion: '<sip:x@y.example>',
      'History-Info': '<sip:z>;index=1',
    });
    await refuse(bob, '302 Moved', elsewhere([dave, 0.3], [carol, 0.7]));
    const invite = await refuse(carol, '486 Busy Here');
    expect(invite.start).toBe(`INVITE ${carol.contact.slice(1, -1)} SIP/2.0`);
    expect([invite.header('Diversion'), invite.header('History-Info')]).toEqual([
      '<sip:x@y.example>',
      '<sip:z>;index=1',
    ]);
    expect([...invite.headers('Subject'), ...invite.headers('Proxy-Authorization')]).toEqual([]);
    await take(alice, asked, dave);
  });

  it('rings there while the other phones go on ringing', async ({ phone }) => {
    const [bob, other] = (await phonesOf(phone, [1, 1])) as [Phone, Phone];
    const [alice, carol] = [await phone(), await phone()];
    await carol.register();
    const asked = await dial(alice, bob.uri);
    const ringing = await other.answer('INVITE', '180 Ringing');
    await refuse(bob, '302 Moved', elsewhere([carol, 1]));
    const there = await carol.answer('INVITE', '180 Ringing');
    other.reply(ringing, '200 OK', sdp, offer);
    const caller = Dialog.ofCaller(alice, await alice.final(asked));
    caller.acknowledge();
    await carol.answer('CANCEL');
    carol.reply(there, '487 Request Terminated');
    await hangUp({ caller }, other);
  });

  it('is the caller’s to follow where the caller may not be sent', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    for (const contact of ['<sip:+1900@elsewhere.example>', `<sip:nobody@${domain}>`, bob.contact, '']) {
      const asked = await dial(alice, bob.uri);
      await refuse(bob, '302 Moved', { Contact: contact === '' ? undefined : contact });
      const told = await alice.final(asked);
      expect([told.start, told.header('Contact')]).toEqual(['SIP/2.0 302 Moved', contact]);
      alice.acknowledge(asked, told);
    }
  });

  it('in a circle ends', async ({ phone }) => {
    const [alice, bob, carol] = [await phone(), await phone(), await phone()];
    for (const each of [bob, carol]) await each.register();
    const asked = await dial(alice, bob.uri);
    await refuse(bob, '302 Moved', elsewhere([carol, 1]));
    await refuse(carol, '302 Moved', elsewhere([bob, 1]));
    expect((await alice.final(asked)).start).toBe('SIP/2.0 302 Moved');
    await bob.wire.silent();
  });

  it('is given up with its caller', async ({ phone }) => {
    const [alice, bob, carol] = [await phone(), await phone(), await phone()];
    for (const each of [bob, carol]) await each.register();
    const asked = await dial(alice, bob.uri);
    await refuse(bob, '302 Moved', elsewhere([carol, 1]));
    const invite = await carol.answer('INVITE', '180 Ringing');
    await alice.response(asked, 180);
    await alice.ask(alice.cancel(asked));
    await carol.answer('CANCEL');
    carol.reply(invite, '487 Request Terminated');
    expect(statusOf(await alice.final(asked))).toBe(487);
  });
});
