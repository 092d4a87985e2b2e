import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { connect, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { answered, described, expectSilence, outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, other] = [address(11), address(31)];

function tenant(trusted = false) {
  const carrier = { contacts: [`sip:${outside}`], identify: { sources: [outside] }, endpoint: { trusted } };
  return {
    callsToOtherDomains: true,
    more: {
      Trunk: { carrier, second: { contacts: [`sip:${other}`], identify: { sources: [other] } } },
      Route: {
        premium: { match: { prefix: '+90' }, trunks: ['second'] },
        all: { match: { prefix: '+' }, trunks: ['carrier'] },
      },
    },
  };
}

/** A phone that has called somebody outside, and another user's phone. */
async function open(
  start: (changes: object) => Promise<Tiers>,
  uri = `sip:+34600111222@${domain}`,
  trusted = false,
) {
  const heard: Message[] = [];
  const tiers = await start(tenant(trusted));
  await tiers.edge('edge-1', here);
  const carrier = await tiers.outside(outside, here, heard);
  const [alice, carol] = [await tiers.phone(here), await tiers.phone(here)];
  await Promise.all([alice.register(), carol.register()]);
  const invite = await alice.invite(uri, { 'Call-ID': `1@${alice.wire.local}` });
  const { mine, theirs } = await answered(invite, alice, carrier);
  await tiers.recorded();
  return { alice, carol, carrier, heard, mine, theirs, tiers };
}

/** Lets a phone send the other side somewhere; returns the REFER as that got it. */
async function refer(mine: Dialog, carrier: Phone, referTo: string): Promise<Message> {
  const by = { 'Refer-To': referTo, 'Referred-By': `<sip:${carrier.wire.local}>` };
  const [got, answer] = await Promise.all([carrier.answer('REFER', '202 Accepted'), mine.ask('REFER', by)]);
  expect(statusOf(answer)).toBe(202);
  expect(got.headers('Referred-By')).toEqual([]);
  return got;
}

function uriIn(value: string): string {
  return /<([^>]*)>/.exec(value)?.[1] ?? '';
}

/** Calls where the other side was sent to, until it hangs up; returns the INVITE as the phone got it that answers. */
async function call(carrier: Phone, uri: string, to: Phone): Promise<Message> {
  const invite = carrier.offer(uri, {}, described(outside));
  carrier.send(invite);
  const asked = await to.answer('INVITE', '200 OK', sdp, offer);
  const caller = Dialog.ofCaller(carrier, await carrier.final(invite));
  caller.acknowledge();
  await to.wire.receive('ACK');
  await hangUp({ caller }, to);
  return asked;
}

describe('a call with a provider is transferred', () => {
  it('to a user, whom the provider calls by what it was told, and sees nothing of', async ({ tiers }) => {
    const { alice, carol, carrier, heard, mine, theirs } = await open(tiers);
    const got = await refer(mine, carrier, `<${carol.uri}>`);
    const target = uriIn(got.header('Refer-To'));
    expect(target).toMatch(new RegExp(`^sip:transfer\\.[\\w-]+@${here}:5060$`));
    const progress = { Event: 'refer', 'Subscription-State': 'active', 'Content-Type': 'message/sipfrag' };
    const [noted] = await Promise.all([
      alice.answer('NOTIFY'),
      theirs.ask('NOTIFY', progress, 'SIP/2.0 100 Trying\r\n'),
    ]);
    expect(noted.body).toBe('SIP/2.0 100 Trying\r\n');
    const asked = await call(carrier, target, carol);
    expect(asked.start).toContain(carol.wire.local);
    expect(asked.headers('Replaces')).toEqual([]);
    await hangUp({ caller: mine }, carrier);
    expectSilence(heard, alice);
    expectSilence(heard, carol);
  });

  it('with consultation: the call that follows replaces the one inside', async ({ tiers }) => {
    const { alice, carol, carrier, heard, mine } = await open(tiers);
    const inner = await connect(alice, carol);
    const tag = (value: string): string => /;tag=([^;]+)/.exec(value)?.[1] ?? '';
    const { answer, caller } = inner;
    const replaces = `${caller.callId};to-tag=${tag(answer.header('To'))};from-tag=${tag(answer.header('From'))}`;
    const got = await refer(
      mine,
      carrier,
      `<${uriIn(answer.header('Contact'))}?Replaces=${encodeURIComponent(replaces)}&Subject=x>`,
    );
    const asked = await call(carrier, uriIn(got.header('Refer-To')), carol);
    expect(asked.header('Replaces')).toBe(replaces);
    expect(asked.headers('Subject')).toEqual([]);
    await Promise.all([hangUp({ caller: mine }, carrier), hangUp(inner, carol)]);
    expectSilence(heard, alice);
    expectSilence(heard, carol);
  });

  it('to a number that the provider reaches itself, as it is called there', async ({ tiers }) => {
    const { carrier, mine } = await open(tiers);
    const got = await refer(mine, carrier, `<sip:+34600999888@${domain}>`);
    expect(got.header('Refer-To')).toBe(`<sip:+34600999888@${outside}>`);
    await hangUp({ caller: mine }, carrier);
  });

  it('not to who is not there, nor by what is no transfer', async ({ tiers }) => {
    const { carrier, mine } = await open(tiers);
    for (const [referTo, status] of [
      [`<sip:nobody@${domain}>`, 404],
      // Another trunk has that number.
      [`<sip:+90600@${domain}>`, 403],
      [`<sip:1001@${domain};method=BYE>`, 403],
      ['x y', 400],
    ] as const) {
      expect(statusOf(await mine.ask('REFER', { 'Refer-To': referTo }))).toBe(status);
    }
    await carrier.wire.silent();
    await hangUp({ caller: mine }, carrier);
  });

  it('by one trunk only, for a while, and not by who has overheard it', async ({ tiers: start }) => {
    const { carol, carrier, mine, tiers } = await open(start);
    const target = uriIn((await refer(mine, carrier, `<${carol.uri}>`)).header('Refer-To'));
    const second = await tiers.outside(other, here);
    const strange = second.offer(target);
    expect(statusOf(await second.ask(strange))).toBe(403);
    const forged = carrier.offer(target.replace('transfer.', 'transfer.x'));
    expect(statusOf(await carrier.ask(forged))).toBe(404);
    await carol.wire.silent();
    await hangUp({ caller: mine }, carrier);
  });

  it('by the provider only where that is trusted', async ({ tiers }) => {
    const { alice, carol, carrier, mine, theirs } = await open(tiers);
    expect(statusOf(await theirs.ask('REFER', { 'Refer-To': `<${carol.uri}>` }))).toBe(403);
    await alice.wire.silent();
    await hangUp({ caller: mine }, carrier);
  });

  it('by a trusted provider as it says', async ({ tiers }) => {
    const { alice, carol, carrier, mine, theirs } = await open(tiers, undefined, true);
    const [got] = await Promise.all([
      alice.answer('REFER', '202 Accepted'),
      theirs.ask('REFER', { 'Refer-To': `<${carol.uri}>` }),
    ]);
    expect(got.header('Refer-To')).toBe(`<${carol.uri}>`);
    await hangUp({ caller: mine }, carrier);
  });
});

describe('a call with another domain is transferred', () => {
  it('to another domain, and not to users here: nobody calls here from there', async ({ tiers }) => {
    const { carol, carrier, mine } = await open(tiers, `sip:bob@${outside}`);
    const got = await refer(mine, carrier, '<sip:carl@elsewhere.example>');
    expect(got.header('Refer-To')).toBe('<sip:carl@elsewhere.example>');
    expect(statusOf(await mine.ask('REFER', { 'Refer-To': `<${carol.uri}>` }))).toBe(403);
    await hangUp({ caller: mine }, carrier);
  });
});
