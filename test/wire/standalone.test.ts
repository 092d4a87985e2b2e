import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const dialogEvents = { Event: 'dialog;shared', Expires: '300' };
const text = { 'Content-Type': 'text/plain' };

/** A phone that registers, and one that calls it. */
async function pair(phone: () => Promise<Phone>): Promise<[alice: Phone, bob: Phone]> {
  const [alice, bob] = [await phone(), await phone()];
  await bob.register();
  return [alice, bob];
}

describe('outside a dialog', () => {
  it.for(['MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH'])(
    'nobody sends a %s without saying who it is',
    async (method, { phone }) => {
      const [alice, bob] = await pair(phone);
      const forged = { From: `<${bob.uri}>;tag=1`, 'P-Asserted-Identity': `<${bob.uri}>` };
      for (const headers of [{}, forged]) {
        const request = alice.request(method, bob.uri, { ...dialogEvents, ...headers });
        expect(statusOf(await alice.ask(request))).toBe(407);
      }
      await bob.wire.silent();
    },
  );

  it.for(['MESSAGE', 'SUBSCRIBE', 'NOTIFY'])(
    'a %s reaches who it is for, and its answer comes back',
    async (method, { phone }) => {
      const [alice, bob] = await pair(phone);
      const asked = await alice.tell(method, bob.uri, { ...text, ...dialogEvents, Subject: 'x' }, 'Hello');
      const got = await bob.answer(method, '202 Taken', { 'X-Answer': 'yes' });
      expect([got.body, got.header('Subject'), got.headers('Proxy-Authorization')]).toEqual([
        'Hello',
        'x',
        [],
      ]);
      expect(got.headers('Record-Route')).toHaveLength(method === 'SUBSCRIBE' ? 1 : 0);
      const answer = await alice.final(asked);
      expect([answer.start, answer.header('X-Answer')]).toEqual(['SIP/2.0 202 Taken', 'yes']);
    },
  );

  it('a MESSAGE goes to all phones at once, and the first that takes it has answered', async ({ phone }) => {
    const [alice, bob] = await pair(phone);
    const other = await phone('udp', bob.account);
    await other.register({ Contact: `${other.contact};q=0.5` });
    const asked = await alice.tell('MESSAGE', bob.uri, text, 'Hello');
    await bob.answer('MESSAGE', '480 Later');
    await other.answer('MESSAGE', '200 OK');
    expect(statusOf(await alice.final(asked))).toBe(200);
  });

  it('a MESSAGE that nobody takes has the best of the refusals', async ({ phone }) => {
    const [alice, bob] = await pair(phone);
    const other = await phone('udp', bob.account);
    await other.register();
    const asked = await alice.tell('MESSAGE', bob.uri, text, 'Hello');
    await bob.answer('MESSAGE', '503 No');
    await other.answer('MESSAGE', '415 No');
    expect(statusOf(await alice.final(asked))).toBe(415);
  });

  it.for([
    ['MESSAGE', 'nobody', {}, 404],
    ['SUBSCRIBE', 'bob', { Event: 'presence' }, 489],
    ['SUBSCRIBE', 'bob', { Event: 'message-summary' }, 489],
    ['SUBSCRIBE', 'bob', { Event: undefined }, 489],
    ['PUBLISH', 'bob', { Event: 'presence' }, 489],
    ['MESSAGE', 'bob', { 'Proxy-Require': 'foo' }, 420],
    ['MESSAGE', 'bob', { 'Max-Forwards': '0' }, 483],
  ] as const)('%s to %s with %j meets %i', async ([method, whom, headers, status], { phone }) => {
    const [alice, bob] = await pair(phone);
    const uri = whom === 'bob' ? bob.uri : `sip:nobody@${bob.account.domain}`;
    const asked = alice.request(method, uri, headers);
    const refused = await alice.ask(asked);
    const isLate = statusOf(refused) === 407;
    const refusal = isLate ? await alice.final(await alice.tell(method, uri, headers)) : refused;
    expect(statusOf(refusal)).toBe(status);
    if (status === 489) expect(refusal.header('Allow-Events')).toContain('dialog');
    await bob.wire.silent();
  });

  it('a MESSAGE that comes again is answered again, and passed on once', async ({ phone }) => {
    const [alice, bob] = await pair(phone);
    const asked = await alice.tell('MESSAGE', bob.uri, text, 'Hello');
    await bob.answer('MESSAGE');
    const answer = await alice.final(asked);
    alice.send(asked);
    expect((await alice.final(asked)).text).toBe(answer.text);
    await bob.wire.silent();
  });
});

describe('a phone at another edge', () => {
  it('is told and subscribed to through that one', async ({ tiers: open }) => {
    const tiers = await open();
    const [here, there] = [address(11), address(12)];
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(there, 'tcp')];
    await bob.register();
    const message = await alice.tell('MESSAGE', bob.uri, text, 'Hello');
    expect((await bob.answer('MESSAGE')).body).toBe('Hello');
    expect(statusOf(await alice.final(message))).toBe(200);
    const asked = await alice.tell('SUBSCRIBE', bob.uri, dialogEvents);
    const got = await bob.wire.receive('SUBSCRIBE');
    const notifier = Dialog.ofCallee(bob, got, bob.reply(got, '200 OK', { Expires: '300' }));
    const subscriber = Dialog.ofCaller(alice, await alice.final(asked));
    const [, notified] = await Promise.all([
      alice.answer('NOTIFY'),
      notifier.ask('NOTIFY', { Event: 'dialog' }),
    ]);
    const [, ended] = await Promise.all([
      bob.answer('SUBSCRIBE'),
      subscriber.ask('SUBSCRIBE', { Expires: '0' }),
    ]);
    expect([statusOf(notified), statusOf(ended)]).toEqual([200, 200]);
  });
});

describe('a subscription', () => {
  it('begins at each phone that takes it, by its NOTIFY', async ({ phone }) => {
    const [alice, bob] = await pair(phone);
    const other = await phone('udp', bob.account);
    await other.register();
    const asked = await alice.tell('SUBSCRIBE', bob.uri, dialogEvents);
    for (const each of [bob, other]) {
      const got = await each.wire.receive('SUBSCRIBE');
      const taken = each.reply(got, '200 OK', { Expires: '300' });
      const notified = Dialog.ofCallee(each, got, taken).ask('NOTIFY', { Event: 'dialog' });
      const notify = await alice.answer('NOTIFY');
      expect(notify.header('From')).toBe(taken.header('To'));
      expect(statusOf(await notified)).toBe(200);
    }
    expect(statusOf(await alice.final(asked))).toBe(200);
    await alice.wire.silent();
  });

  it('is notified, refreshed and ended at any edge', async ({ tiers: open }) => {
    const tiers = await open();
    const [here, there] = [address(11), address(12)];
    const sipShared = `${there}:5060`;
    const first = await tiers.mortalEdge('edge-1', here, { sipShared });
    await tiers.edge('edge-2', there, { sipShared });
    const [alice, bob] = await pair(() => tiers.phone(here));
    const asked = await alice.tell('SUBSCRIBE', bob.uri, dialogEvents);
    const got = await bob.wire.receive('SUBSCRIBE');
    const notifier = Dialog.ofCallee(bob, got, bob.reply(got, '200 OK', { Expires: '300' }));
    const subscriber = Dialog.ofCaller(alice, await alice.final(asked));
    await first.kill();
    const moved = await tiers.phone(there, 'udp', alice.account);
    const answering = await tiers.phone(there, 'udp', bob.account);
    const refreshed = bob.wire.receive('SUBSCRIBE').then((request) => answering.reply(request, '200 OK'));
    expect(statusOf(await subscriber.at(moved).ask('SUBSCRIBE', dialogEvents))).toBe(200);
    await refreshed;
    const notified = alice.wire.receive('NOTIFY').then((request) => moved.reply(request, '200 OK'));
    const ended = { Event: 'dialog', 'Subscription-State': 'terminated;reason=noresource' };
    expect(statusOf(await notifier.at(answering).ask('NOTIFY', ended))).toBe(200);
    await notified;
    expect(await tiers.records()).toEqual([]);
  });

  // PJSIP CVE-2026-28799: what came of a subscription after its end met what was freed with it.
  it('that has ended is over: what comes of it still goes to who refuses it', async ({
    live: { tandem },
    phone,
  }) => {
    const [alice, bob] = await pair(phone);
    const asked = await alice.tell('SUBSCRIBE', bob.uri, dialogEvents);
    const got = await bob.wire.receive('SUBSCRIBE');
    const notifier = Dialog.ofCallee(bob, got, bob.reply(got, '200 OK', { Expires: '300' }));
    const subscriber = Dialog.ofCaller(alice, await alice.final(asked));
    const over = { Event: 'dialog', 'Subscription-State': 'terminated;reason=timeout' };
    const [, told] = await Promise.all([alice.answer('NOTIFY'), notifier.ask('NOTIFY', over)]);
    expect(statusOf(told)).toBe(200);
    for (let time = 0; time < 3; time++) {
      const refused = '481 Subscription Does Not Exist';
      const [, late] = await Promise.all([alice.answer('NOTIFY', refused), notifier.ask('NOTIFY', over)]);
      const ended = { ...dialogEvents, Expires: '0' };
      const [, again] = await Promise.all([
        bob.answer('SUBSCRIBE', refused),
        subscriber.ask('SUBSCRIBE', ended),
      ]);
      expect([statusOf(late), statusOf(again)]).toEqual([481, 481]);
    }
    expect(tandem.logs().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
