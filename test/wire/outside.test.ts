import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { Authority, type IssuedFiles } from '../harness/authority.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { Dialog } from './dialog.ts';
import { everyTransport, ports } from './everywhere.ts';
import { it } from './fixture.ts';
import { Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh, write } from './request.ts';
import {
  answered,
  beyond,
  callPast,
  described,
  expectSilence,
  hangUp,
  inside,
  outside,
  prack,
  tales,
  talk,
  upstream,
} from './tales.ts';
import { address, type Tiers } from './tiers.ts';
import { tlsMessages } from './tls-messages.ts';

const describe = needs('namespace', 'openssl');

const [here, there] = [address(11), address(12)];

/** A user of its own number for each test: the one who is called from outside. */
const callee = { user: '1001', domain, password: 'secret-of-1001' };
const caller = { user: '1002', domain, password: 'secret-of-1002' };

const more = {
  Trunk: {
    carrier: {
      contacts: [`sip:${outside}`],
      identify: { sources: [`${outside}/32`] },
      endpoint: { fromDomain: 'acme.carrier.example' },
    },
  },
  Number: { '+34911000001': { destination: { user: '1001' } } },
  Route: { all: { match: { prefix: '+' }, trunks: ['carrier'] } },
};

async function open(tiers: (changes: object) => Promise<Tiers>, heard: Message[] = []) {
  const opened = await tiers({ more });
  return { tiers: opened, carrier: await opened.outside(outside, here, heard) };
}

/** An INVITE of a phone to a number. */
async function call(phone: Phone, number: string, headers = {}): Promise<Message> {
  return callPast(phone, `sip:${number}@${domain}`, headers);
}

/** A call of a phone without a proxy of its own, up and on record. */
async function onRecord(tiers: Tiers, carrier: Phone) {
  const phone = await tiers.phone(here, 'udp', caller);
  const invite = await call(phone, '+34600111222', { 'Record-Route': undefined });
  const both = await answered(invite, phone, carrier);
  await tiers.recorded();
  return { phone, invite, ...both };
}

describe('a call to a provider', () => {
  it('shows it nothing of what is inside, from beginning to end', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { carrier, tiers } = await open(start, heard);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', caller);
    const invite = await call(phone, '+34600111222');
    const asked = await carrier.wire.receive('INVITE');
    expect(asked.start).toBe(`INVITE sip:+34600111222@${outside} SIP/2.0`);
    expect(asked.headers('Via')).toHaveLength(1);
    expect(asked.header('From')).toMatch(/^<sip:1002@acme\.carrier\.example>;tag=/);
    expect(asked.header('To')).toBe(`<sip:+34600111222@${outside}>`);
    expect(asked.header('P-Asserted-Identity')).toBe('<sip:1002@acme.carrier.example>');
    const reliable = { ...sdp, Require: '100rel', RSeq: '7' };
    carrier.reply(asked, '183 Session Progress', reliable, described(outside));
    const ringing = await phone.response(invite, 183);
    const early = Dialog.ofCaller(phone, ringing);
    await prack(early, phone, carrier, { ...tales(phone), ...beyond(early), 'Content-Type': undefined });
    expect(ringing.header('To')).toMatch(new RegExp(`^<sip:\\+34600111222@${domain}>;tag=`));
    const said = carrier.reply(asked, '200 OK', sdp, described(outside));
    const answer = await phone.final(invite);
    for (const name of ['From', 'Call-ID', 'CSeq']) expect(answer.header(name)).toBe(invite.header(name));
    expect(answer.headers('Via')).toEqual([expect.stringContaining(phone.wire.local)]);
    const [mine, theirs] = [Dialog.ofCaller(phone, answer), Dialog.ofCallee(carrier, asked, said)];
    expect(mine.routes[0]).toBe(upstream(phone));
    mine.acknowledge({ ...tales(phone), ...beyond(mine) });
    await carrier.wire.receive('ACK');
    await talk(mine, theirs, { phone, carrier });
    await hangUp(theirs, phone);
    await carrier.wire.silent();
    expectSilence(heard, phone);
    expect(heard.map(({ start }) => start.split(' ')[0]).filter((word) => word === 'INVITE')).toHaveLength(2);
  });

  it('that is cancelled, refused or redirected shows as little', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { carrier, tiers } = await open(start, heard);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', caller);
    const first = await call(phone, '+34600111222');
    const rung = await carrier.wire.receive('INVITE');
    carrier.reply(rung, '180 Ringing');
    await phone.response(first, 180);
    phone.send(phone.cancel(first, { Reason: 'SIP;cause=487' }));
    const cancelled = await carrier.answer('CANCEL');
    expect(cancelled.header('Call-ID')).toBe(rung.header('Call-ID'));
    carrier.reply(rung, '487 Request Terminated');
    expect(statusOf(await phone.final(first))).toBe(487);
    const second = await call(phone, '+34600111222');
    await carrier.answer('INVITE', '486 Busy Here');
    const busy = await phone.final(second);
    expect(busy.header('From')).toBe(second.header('From'));
    expect(busy.headers('Via')).toHaveLength(1);
    await carrier.wire.receive('ACK');
    expectSilence(heard, phone);
  });

  it('is ended by the provider at another edge when its own is killed', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { carrier, tiers } = await open(start, heard);
    const first = await tiers.mortalEdge('edge-1', here);
    const { invite, mine, phone, theirs } = await onRecord(tiers, carrier);
    await first.kill();
    await tiers.edge('edge-2', here);
    await talk(mine, theirs, { phone, carrier });
    const bye = await hangUp(theirs, phone);
    expect(bye.start).toContain(phone.wire.local);
    expect(bye.header('Call-ID')).toBe(invite.header('Call-ID'));
    expectSilence(heard, phone);
  });

  it('that is challenged does not have the phone prove its password', async ({ tiers: start }) => {
    const { carrier, tiers } = await open(start);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', caller);
    const invite = await call(phone, '+34600111222');
    const challenge = 'Digest realm="carrier.example", nonce="n", algorithm=MD5, qop="auth"';
    const asked = await carrier.answer('INVITE', '407 Proxy Authentication Required', {
      'Proxy-Authenticate': challenge,
    });
    await carrier.wire.receive('ACK');
    const refused = await phone.final(invite);
    expect(statusOf(refused)).toBe(403);
    expect(refused.headers('Proxy-Authenticate')).toEqual([]);
    const line = tiers.lines.find(({ fault }) => fault === 'trunk-challenged');
    const why = '407 Proxy Authentication Required; trunk carrier has no auth';
    expect(line?.msg).toBe(`trunk-challenged: ${asked.start.split(' ')[1]}: ${why}`);
  });

  it('is told of nothing when its media moves to another worker', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { carrier, tiers } = await open(start, heard);
    await tiers.edge('edge-1', here);
    const { asked, invite, mine, phone, theirs } = await onRecord(tiers, carrier);
    await tiers.media('media-2', address(3));
    const moved = Promise.all(
      (
        [
          [phone, inside],
          [carrier, outside],
        ] as const
      ).map(async ([party, host]) => {
        const offered = await party.answer('INVITE', '200 OK', sdp, described(host));
        await party.wire.receive('ACK');
        return offered;
      }),
    );
    await tiers.killMedia('media-1');
    const [toPhone, toCarrier] = await moved;
    expect(toPhone!.header('Call-ID')).toBe(invite.header('Call-ID'));
    expect(toCarrier!.header('Call-ID')).toBe(asked.header('Call-ID'));
    expect(toCarrier!.header('From')).toBe(asked.header('From'));
    expect(toCarrier!.body).toContain(`c=IN IP4 ${address(3)}`);
    await talk(mine, theirs, { phone, carrier });
    await hangUp(theirs, phone);
    expectSilence(heard, phone);
  });

  it('that is trusted shows who calls and where from, and keeps the wish for privacy', async ({
    tiers: start,
  }) => {
    const tiers = await start({
      more: {
        Trunk: {
          partner: {
            contacts: [`sip:${outside}`],
            identify: { sources: [outside] },
            endpoint: { trusted: true },
          },
        },
        Number: more.Number,
        Route: { all: { match: { prefix: '+' }, trunks: ['partner'] } },
      },
    });
    await tiers.edge('edge-1', here);
    const [partner, phone] = [await tiers.outside(outside, here), await tiers.phone(here, 'udp', callee)];
    await phone.register();
    const out = await call(phone, '+34600111222', { Privacy: 'id', 'Record-Route': undefined });
    const asked = await partner.wire.receive('INVITE');
    expect(asked.header('P-Asserted-Identity')).toBe(`<sip:1001@${domain}>`);
    expect(asked.header('Privacy')).toBe('id');
    expect(asked.header('Contact')).toBe(phone.contact);
    expect(asked.header('X-Address')).toBe(phone.wire.local);
    const said = partner.reply(asked, '200 OK', sdp, described(outside));
    const [mine, theirs] = [
      Dialog.ofCaller(phone, await phone.final(out)),
      Dialog.ofCallee(partner, asked, said),
    ];
    mine.acknowledge();
    await partner.wire.receive('ACK');
    await hangUp(theirs, phone);
    for (const privacy of [undefined, 'id']) {
      const asserted = '"Bob" <sip:+34600111222@partner.example>';
      const invite = partner.offer(`sip:+34911000001@${here}`, {
        'P-Asserted-Identity': asserted,
        Privacy: privacy,
      });
      partner.send(invite);
      const rung = await phone.answer('INVITE', '486 Busy Here');
      expect(rung.headers('P-Asserted-Identity')).toEqual(privacy ? [] : [asserted]);
      partner.acknowledge(invite, await partner.final(invite));
      await phone.wire.receive('ACK');
    }
  });

  it('that answers 503 has the next one take the call, and a refusal of the callee stands', async ({
    tiers: start,
  }) => {
    const more = {
      Trunk: { first: { contacts: [`sip:${outside}`] }, second: { contacts: [`sip:${address(31)}`] } },
      Route: { all: { match: { prefix: '+' }, trunks: ['first', 'second'] } },
    };
    const tiers = await start({ more });
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', caller);
    const [first, second] = [await tiers.outside(outside, here), await tiers.outside(address(31), here)];
    const failed = await call(phone, '+34600111222');
    await first.answer('INVITE', '503 Service Unavailable');
    await first.wire.receive('ACK');
    const taken = await second.answer('INVITE', '486 Busy Here');
    expect(taken.start).toBe(`INVITE sip:+34600111222@${address(31)} SIP/2.0`);
    await second.wire.receive('ACK');
    expect(statusOf(await phone.final(failed))).toBe(486);
    const declined = await call(phone, '+34600111222');
    await first.answer('INVITE', '603 Decline');
    await first.wire.receive('ACK');
    const refused = await phone.final(declined);
    expect([refused.start, refused.header('From')]).toEqual(['SIP/2.0 603 Decline', declined.header('From')]);
    await second.wire.silent();
  });

  describe('through an outbound proxy', () => {
    const proxy = address(31);
    const over = (transport: string) => ({
      Trunk: {
        first: {
          contacts: ['sip:carrier.invalid'],
          endpoint: { outboundProxy: `sip:${proxy};transport=${transport};lr` },
        },
        second: { contacts: [`sip:${outside}`] },
      },
      Route: { all: { match: { prefix: '+' }, trunks: ['first', 'second'] } },
    });

    it('goes there with a Route', async ({ tiers: start }) => {
      const tiers = await start({ more: over('udp') });
      await tiers.edge('edge-1', here);
      const [phone, live] = [await tiers.phone(here, 'udp', caller), await tiers.outside(proxy, here)];
      const invite = await call(phone, '+34600111222');
      const asked = await live.answer('INVITE', '603 Decline');
      expect(asked.start).toBe('INVITE sip:+34600111222@carrier.invalid SIP/2.0');
      expect(asked.headers('Route')).toEqual([`<sip:${proxy};transport=udp;lr>`]);
      expect(statusOf(await phone.final(invite))).toBe(603);
    });

    it('that is dead has the proxy named, and the next trunk takes the call', async ({ tiers: start }) => {
      const tiers = await start({ more: over('tcp') });
      await tiers.edge('edge-1', here);
      const [phone, carrier] = [await tiers.phone(here, 'udp', caller), await tiers.outside(outside, here)];
      const invite = await call(phone, '+34600111222');
      const asked = await carrier.answer('INVITE', '603 Decline');
      expect(asked.headers('Route')).toEqual([]);
      expect(statusOf(await phone.final(invite))).toBe(603);
      const told = tiers.lines.filter(({ fault }) => fault === 'target-unreachable').map(({ msg }) => msg);
      const named = `sip:${proxy};transport=tcp;lr: tcp ${proxy}:5060 cannot be connected to`;
      expect(told).toContain(`target-unreachable: ${named}`);
      expect(told.join()).not.toContain('carrier.invalid');
    });
  });
});

describe('a call from a provider', () => {
  it('shows it nothing of what is inside, and any edge goes on with it', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { carrier, tiers } = await open(start, heard);
    const first = await tiers.mortalEdge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', callee);
    await phone.register();
    const invite = carrier.offer(`sip:+34911000001@${here}`, {
      From: `<sip:+34600111222@carrier.example>;tag=${fresh()}`,
      'P-Asserted-Identity': '<sip:+1900@elsewhere.example>',
    });
    carrier.send(invite);
    const asked = await phone.wire.receive('INVITE');
    expect(asked.headers('P-Asserted-Identity')).toEqual([]);
    phone.reply(asked, '180 Ringing', tales(phone));
    await carrier.response(invite, 180);
    const routes = [upstream(phone), ...asked.headers('Record-Route')];
    const said = phone.reply(asked, '200 OK', { ...tales(phone), 'Record-Route': routes }, described(inside));
    const theirs = Dialog.ofCaller(carrier, await carrier.final(invite));
    expect(theirs.routes).toEqual([expect.stringMatching(new RegExp(`^<sip:[\\w-]+@${here}:5060;lr>$`))]);
    theirs.acknowledge();
    const ack = await phone.wire.receive('ACK');
    expect(ack.headers('Route')).toEqual([upstream(phone)]);
    await tiers.recorded();
    await first.kill();
    await tiers.edge('edge-2', here);
    const mine = Dialog.ofCallee(phone, asked, said);
    await talk(mine, theirs, { phone, carrier });
    const [bye, answered] = await Promise.all([
      phone.answer('BYE', '200 OK', tales(phone)),
      theirs.ask('BYE'),
    ]);
    expect(bye.start).toContain(phone.wire.local);
    expect(statusOf(answered)).toBe(200);
    expectSilence(heard, phone);
  });

  it('over a connection is gone on with by another edge, of which it sees nothing either', async ({
    tiers: start,
  }) => {
    const tiers = await start({ more });
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const account = { user: 'outside', domain: 'carrier.example', password: '' };
    const carrier = await Phone.open(account, { transport: 'tcp', local: outside, remote: here });
    const phone = await tiers.phone(here, 'udp', callee);
    await phone.register();
    const invite = carrier.offer(`sip:+34911000001@${here}`);
    carrier.send(invite);
    const asked = await phone.wire.receive('INVITE');
    const said = phone.reply(asked, '200 OK', { ...tales(phone) }, described(inside));
    const theirs = Dialog.ofCaller(carrier, await carrier.final(invite));
    theirs.acknowledge();
    await phone.wire.receive('ACK');
    const elsewhere = await tiers.phone(there, 'udp', callee);
    const mine = Dialog.ofCallee(phone, asked, said).at(elsewhere);
    const reInvite = mine.request('INVITE', tales(elsewhere), described(inside));
    elsewhere.send(reInvite);
    const changed = await carrier.answer('INVITE', '200 OK', sdp, described(outside));
    const answered = await elsewhere.final(reInvite);
    expect([statusOf(answered), answered.headers('Via').length]).toEqual([200, 1]);
    mine.acknowledge(tales(elsewhere));
    const ack = await carrier.wire.receive('ACK');
    const [bye, done] = await Promise.all([carrier.answer('BYE'), mine.ask('BYE', tales(elsewhere))]);
    expect(statusOf(done)).toBe(200);
    for (const seen of [changed, ack, bye]) {
      expect(seen.headers('Via')).toEqual([expect.stringContaining(`TCP ${here}:5060;`)]);
    }
    expectSilence([changed, ack, bye], elsewhere);
    carrier.close();
  });

  it('over TLS is known by the certificate of its connection', async ({ tiers: start }) => {
    const authority = await Authority.create();
    const certificates = ['sip.carrier.example'];
    const tiers = await start({
      more: { Trunk: { carrier: { identify: { certificates } } }, Number: more.Number },
    });
    const own = everyTransport(here, await authority.issue(['DNS:acme.example']));
    await tiers.edge('edge-1', here, { ...own, sipTlsCa: authority.certificate });
    const phone = await tiers.phone(here, 'udp', callee);
    await phone.register();
    const asking = async (name: string): Promise<Message> => {
      const { ask, invite } = await certified(await authority.issue([`DNS:${name}`]), phone);
      const answered = ask(invite);
      if (name === certificates[0]) await phone.answer('INVITE', '486 Busy Here');
      return answered;
    };
    expect(statusOf(await asking('sip.carrier.example'))).toBe(486);
    await phone.wire.receive('ACK');
    expect(statusOf(await asking('sip.elsewhere.example'))).toBe(403);
    await phone.wire.silent();
  });

  it('that is refused or redirected shows as little', async ({ tiers: start }) => {
    const heard: Message[] = [];
    const { carrier, tiers } = await open(start, heard);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', callee);
    await phone.register();
    for (const status of ['302 Moved Temporarily', '486 Busy Here']) {
      const invite = carrier.offer(`sip:+34911000001@${here}`);
      carrier.send(invite);
      const asked = await phone.wire.receive('INVITE');
      phone.reply(asked, status, tales(phone));
      const refused = await carrier.final(invite);
      expect(refused.headers('Contact')).toEqual([]);
      carrier.acknowledge(invite, refused);
      await phone.wire.receive('ACK');
    }
    expectSilence(heard, phone);
  });

  it('may be a MESSAGE to a number, whose answer tells as little; other methods are refused', async ({
    tiers: start,
  }) => {
    const heard: Message[] = [];
    const { carrier, tiers } = await open(start, heard);
    await tiers.edge('edge-1', here);
    const phone = await tiers.phone(here, 'udp', callee);
    await phone.register();
    const uri = `sip:+34911000001@${here}`;
    const text = { 'Content-Type': 'text/plain', From: `<sip:+34600111222@carrier.example>;tag=${fresh()}` };
    const message = carrier.request('MESSAGE', uri, text, 'Hello');
    carrier.send(message);
    const got = await phone.answer('MESSAGE', '200 OK', tales(phone));
    expect([got.header('From'), got.body]).toEqual([text.From, 'Hello']);
    expect(statusOf(await carrier.final(message))).toBe(200);
    const nobody = carrier.request('MESSAGE', `sip:1001@${domain}`, text, 'Hello');
    expect(statusOf(await carrier.ask(nobody))).toBe(404);
    const state = { Event: 'dialog', 'Subscription-State': 'active' };
    for (const method of ['SUBSCRIBE', 'NOTIFY', 'PUBLISH', 'REFER', 'INFO']) {
      const refused = await carrier.ask(carrier.request(method, uri, state));
      expect([method, statusOf(refused)]).toEqual([method, 405]);
      expect(refused.header('Allow')).toContain('MESSAGE');
    }
    expect(statusOf(await carrier.ask(carrier.request('OPTIONS', uri)))).toBe(200);
    await phone.wire.silent();
    expectSilence(heard, phone);
  });

  it('is none when only From says so', async ({ tiers: start }) => {
    const { carrier, tiers } = await open(start);
    await tiers.edge('edge-1', here);
    const [phone, stranger] = [await tiers.phone(here, 'udp', callee), await tiers.phone(here)];
    await phone.register();
    const forged = stranger.offer(`sip:1001@${domain}`, { From: `<sip:1001@${domain}>;tag=${fresh()}` });
    const challenge = await stranger.ask(forged);
    expect(statusOf(challenge)).toBe(407);
    stranger.acknowledge(forged, challenge);
    const trunk = stranger.offer(`sip:+34911000001@${here}`, { From: `<sip:x@${outside}>;tag=${fresh()}` });
    const refused = await stranger.ask(trunk);
    expect(statusOf(refused)).toBe(403);
    stranger.acknowledge(trunk, refused);
    await phone.wire.silent();
    expect(await tiers.records()).toEqual([]);
    void carrier;
  });
});

describe('two lines of one provider', () => {
  it('are never crossed, by 500 calls at a time', async ({ tiers: start }) => {
    const line = (name: string) => ({
      identify: { sources: [outside], line: name },
      endpoint: { didFrom: 'registration' },
    });
    const tiers = await start({
      more: {
        Trunk: { one: line('line-1'), two: line('line-2') },
        Number: { 'line-1': { destination: { user: '1001' } }, 'line-2': { destination: { user: '1002' } } },
      },
    });
    const carrier = await tiers.outside(outside, here);
    await tiers.edge('edge-1', here);
    const phones = [await tiers.phone(here, 'udp', callee), await tiers.phone(here, 'udp', caller)];
    await Promise.all(phones.map((phone) => phone.register()));
    const heard = phones.map(async (phone, index) => {
      const own: (string | undefined)[] = [];
      for (let call = 0; call < 250; call++)
        own.push((await phone.answer('INVITE', '486 Busy Here')).header('Subject'));
      return own.filter((subject) => subject !== `line-${index + 1}`);
    });
    for (let call = 0; call < 500; call++) {
      const name = `line-${(call % 2) + 1}`;
      const invite = carrier.offer(`sip:${name}@${here}`, {
        Subject: name,
        To: `<sip:acme@carrier.example>`,
      });
      carrier.send(invite);
      if (call % 20 === 19) carrier.acknowledge(invite, await carrier.final(invite));
    }
    expect(await Promise.all(heard)).toEqual([[], []]);
  });
});

/** A peer that shows a certificate over TLS: its INVITE for a number, and what sends that. */
async function certified({ certificate, key }: IssuedFiles, { wire }: Phone) {
  const [cert, ownKey] = await Promise.all([readFile(certificate), readFile(key)]);
  // The test looks at what the edge finds out about its peer.
  const socket = connect({ host: here, port: ports.tls, cert, key: ownKey, rejectUnauthorized: false });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  const inbox = tlsMessages(socket);
  const uri = `sip:+34911000001@${here}`;
  const invite = write(`INVITE ${uri} SIP/2.0`, {
    Via: `SIP/2.0/TLS ${wire.local};branch=z9hG4bK${fresh()}`,
    'Max-Forwards': '70',
    From: `<sip:+34600111222@carrier.example>;tag=${fresh()}`,
    To: `<${uri}>`,
    'Call-ID': fresh(),
    CSeq: '1 INVITE',
    Contact: '<sip:carrier.example;transport=tls>',
  });
  const ask = async ({ text }: Message): Promise<Message> => {
    socket.write(text);
    return inbox.take('a final response', ({ start }) => /^SIP\/2\.0 [2-6]/.test(start));
  };
  return { ask, invite };
}
