import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import type { User } from '../harness/tandem.ts';
import { domain } from './acme.ts';
import { Dialog } from './dialog.ts';
import { ear } from './ear.ts';
import { it } from './fixture.ts';
import { type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { inside, outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there, second] = [address(11), address(12), address(31)];
const number = `sip:+34600111222@${domain}`;

/** A description with these payload types of audio, in this order. */
function audio(...payloads: readonly number[]): string {
  const maps = new Map([
    [9, ['a=rtpmap:9 G722/8000']],
    [96, ['a=rtpmap:96 opus/48000/2', 'a=fmtp:96 useinbandfec=1']],
    [101, ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16']],
  ]);
  return [
    ...['v=0', `o=- 1 1 IN IP4 ${inside}`, 's=-', `c=IN IP4 ${inside}`, 't=0 0'],
    `m=audio 4000 RTP/AVP ${payloads.join(' ')}`,
    ...payloads.flatMap((payload) => maps.get(payload) ?? []),
    '',
  ].join('\r\n');
}

/** The payload types of the first stream, and those that attributes are about. */
function codecsIn({ body }: Message): [formats: string, attributes: string] {
  const formats = /^m=audio (?:\d+) RTP\/AVP ([\d ]+)\r$/m.exec(body)?.[1] ?? '';
  const attributes = [...body.matchAll(/^a=(?:rtpmap|fmtp):(\d+) /gm)].map(([, payload]) => payload);
  return [formats, [...new Set(attributes)].join(' ')];
}

interface Policies {
  readonly trunk?: readonly string[];
  readonly other?: readonly string[];
  readonly users?: readonly Pick<User, 'codecs' | 'media'>[];
  readonly followRedirects?: boolean;
}

function userSpecs(specs: Policies['users'] = [{}, {}]): User[] {
  return specs.map((spec, index) => {
    const name = `${1001 + index}`;
    return { name, password: `secret-of-${name}`, ...spec };
  });
}

/** Two edges with two carriers, each with a list of codecs or without, and two users. */
async function open(
  start: (changes: object) => Promise<Tiers>,
  { trunk, other, users, followRedirects = false }: Policies,
) {
  const more = {
    Trunk: {
      carrier: {
        contacts: [`sip:${outside}`],
        identify: { sources: [outside] },
        endpoint: { ...(trunk && { codecs: trunk }) },
      },
      other: { contacts: [`sip:${second}`], endpoint: { ...(other && { codecs: other }) } },
    },
    Number: { '+34911000001': { destination: { user: '1001' } } },
    Route: { all: { match: { prefix: '+' }, trunks: other ? ['carrier', 'other'] : ['carrier'] } },
  };
  const tiers = await start({ more, users: userSpecs(users), followRedirects });
  await tiers.edge('edge-1', here);
  const carrier = await tiers.outside(outside, here);
  return { tiers, carrier, phone: await userPhone(tiers, '1001') };
}

function userPhone(tiers: Tiers, user: string): Promise<Phone> {
  return tiers.phone(here, 'udp', { user, domain, password: `secret-of-${user}` });
}

/** A call that is up: what the callee got, and what the caller was answered. */
async function connect(from: Phone, to: Phone, invite: Message, answer: string) {
  const asked = await to.wire.receive('INVITE');
  const said = to.reply(asked, '200 OK', sdp, answer);
  const answered = await from.final(invite);
  const [caller, callee] = [Dialog.ofCaller(from, answered), Dialog.ofCallee(to, asked, said)];
  caller.acknowledge();
  await to.wire.receive('ACK');
  return { asked, answered, caller, callee };
}

/** One side hangs up. */
async function end(dialog: Dialog, other: Phone): Promise<void> {
  await Promise.all([other.answer('BYE'), dialog.ask('BYE')]);
}

/** A request within a call as its receiver got it, and the answer as it came back. */
async function exchange(
  dialog: Dialog,
  [from, to]: readonly [Phone, Phone],
  method: string,
  [offer, answer]: readonly [string, string],
  headers = {},
) {
  const asked = dialog.request(method, { ...(offer === '' ? {} : sdp), ...headers }, offer);
  from.send(asked);
  const got = await to.answer(method, '200 OK', sdp, answer);
  return { got, answered: await from.final(asked) };
}

describe('the codecs of a trunk', () => {
  it('PJ-09: are all that its carrier is offered, in the order of the trunk, and all that comes back', async ({
    tiers: start,
  }) => {
    const { carrier, phone, tiers } = await open(start, { trunk: ['PCMU'] });
    const invite = await phone.invite(number, {}, audio(9, 8, 0, 101));
    const call = await connect(phone, carrier, invite, audio(0, 8, 101));
    expect(codecsIn(call.asked)).toEqual(['0 101', '101']);
    expect(codecsIn(call.answered)).toEqual(['0 101', '101']);
    const { dialog } = await tiers.recorded();
    expect(JSON.stringify(dialog)).not.toContain('G722');
    await end(call.caller, carrier);
  });

  it('hold as long as the call does, at any edge, whoever offers and wherever an offer stands', async ({
    tiers: start,
  }) => {
    const { carrier, phone, tiers } = await open(start, { trunk: ['PCMU', 'PCMA'] });
    await tiers.edge('edge-2', there);
    const invite = await phone.invite(number, {}, audio(9, 8, 0, 101));
    const { asked, caller, callee } = await connect(phone, carrier, invite, audio(0, 101));
    expect(codecsIn(asked)).toEqual(['0 8 101', '101']);
    const other = await userPhoneAt(tiers, there, phone);
    const mine = caller.at(other);
    const update = await exchange(mine, [other, carrier], 'UPDATE', [audio(9, 8, 0), audio(8, 9)]);
    expect([codecsIn(update.got)[0], codecsIn(update.answered)[0]]).toEqual(['0 8', '8']);
    const later = await exchange(mine, [other, carrier], 'INVITE', ['', audio(9, 0, 101)]);
    expect(codecsIn(later.answered)).toEqual(['0 101', '101']);
    mine.acknowledge(sdp, audio(9, 0, 101));
    expect(codecsIn(await carrier.wire.receive('ACK'))).toEqual(['0 101', '101']);
    const theirs = await exchange(callee, [carrier, phone], 'INVITE', [audio(9, 8, 0), audio(9, 8)]);
    expect([codecsIn(theirs.got)[0], codecsIn(theirs.answered)[0]]).toEqual(['8 0', '8']);
    callee.acknowledge();
    await phone.wire.receive('ACK');
    const refused = await mine.ask('INVITE', sdp, audio(9, 101));
    expect([statusOf(refused), refused.header('Warning')]).toEqual([
      488,
      '305 tandem "Incompatible media format: audio offers G722, the callee takes PCMU PCMA"',
    ]);
    await carrier.wire.silent();
    await end(mine, carrier);
  });

  it('hold when the media moves to another worker', async ({ tiers: start }) => {
    const { carrier, phone, tiers } = await open(start, { trunk: ['PCMU', 'PCMA'] });
    const invite = await phone.invite(number, {}, audio(9, 8, 0, 101));
    const { caller } = await connect(phone, carrier, invite, audio(0, 9, 101));
    await tiers.recorded();
    await tiers.media('media-2', address(3));
    const moved = () =>
      Promise.all(
        [phone, carrier].map(async (party) => {
          const offered = await party.answer('INVITE', '200 OK', sdp, audio(9, 0, 101));
          await party.wire.receive('ACK');
          return codecsIn(offered)[0];
        }),
      );
    await tiers.killMedia('media-1');
    expect(await moved()).toEqual(['0 101', '0 8 101']);
    await until(
      () => 'the record of a call that was moved',
      async () => (await tiers.records()).every(({ dialog }) => !('movingUntil' in dialog)),
    );
    await tiers.media('media-3', address(4));
    await tiers.killMedia('media-2');
    expect(await moved()).toEqual(['0 101', '0 101']);
    await end(caller, carrier);
  });

  it('of which an offer has none end the call before the carrier hears of it', async ({ tiers: start }) => {
    const { carrier, phone, tiers } = await open(start, { trunk: ['PCMU'] });
    const refused = await phone.final(await phone.invite(number, {}, audio(9, 8, 101)));
    expect([statusOf(refused), refused.header('Warning')]).toEqual([
      488,
      '305 tandem "Incompatible media format: audio offers G722 PCMA, the callee takes PCMU"',
    ]);
    await carrier.wire.silent();
    expect(tiers.lines.find(({ fault }) => fault === 'codec-mismatch')).toBeDefined();
    expect(tiers.sessions).toBe(0);
  });

  it('lead a call to the next trunk of the route, where that may use what is offered', async ({
    tiers: start,
  }) => {
    const { carrier, phone, tiers } = await open(start, { trunk: ['PCMU'], other: ['G722', 'PCMA'] });
    const next = await tiers.outside(second, here);
    const invite = await phone.invite(number, {}, audio(9, 8, 101));
    const { asked, caller } = await connect(phone, next, invite, audio(9, 101));
    expect(codecsIn(asked)[0]).toBe('9 8 101');
    await carrier.wire.silent();
    await end(caller, next);
  });

  it('rule what the carrier offers as well, and a user has a list of its own', async ({ tiers: start }) => {
    const users = [{ codecs: ['G722', 'PCMA', 'PCMU'] }, {}];
    const { carrier, phone } = await open(start, { trunk: ['PCMU', 'G722'], users });
    await phone.register();
    const offer = carrier.request('INVITE', `sip:+34911000001@${here}`, sdp, audio(0, 8, 9, 101));
    carrier.send(offer);
    const { asked, answered, caller } = await connect(carrier, phone, offer, audio(8, 9, 101));
    expect([codecsIn(asked)[0], codecsIn(answered)[0]]).toEqual(['9 0 101', '9 101']);
    await end(caller, phone);
  });
});

async function userPhoneAt(tiers: Tiers, edge: string, { account }: Phone): Promise<Phone> {
  return tiers.phone(edge, 'udp', account);
}

describe('the codecs of users', () => {
  it('rule the offer of a callee, and its answer in the ACK', async ({ tiers: start }) => {
    const { phone: alice, tiers } = await open(start, {
      users: [{ codecs: ['PCMA'] }, { codecs: ['PCMU', 'PCMA'] }],
    });
    const bob = await userPhone(tiers, '1002');
    await bob.register();
    const invite = await alice.invite(bob.uri, { 'Content-Type': undefined }, '');
    const asked = await bob.wire.receive('INVITE');
    bob.reply(asked, '200 OK', sdp, audio(9, 0, 8, 101));
    const answered = await alice.final(invite);
    expect(codecsIn(answered)).toEqual(['8 101', '101']);
    const dialog = Dialog.ofCaller(alice, answered);
    dialog.acknowledge(sdp, audio(8, 0, 101));
    expect(codecsIn(await bob.wire.receive('ACK'))).toEqual(['8 101', '101']);
    await end(dialog, bob);
  });

  it('hang up on a callee that offers none of them, and tell the caller why', async ({ tiers: start }) => {
    const { phone: alice, tiers } = await open(start, { users: [{ codecs: ['PCMA'] }, {}] });
    const bob = await userPhone(tiers, '1002');
    await bob.register();
    const invite = await alice.invite(bob.uri, { 'Content-Type': undefined }, '');
    await bob.answer('INVITE', '200 OK', sdp, audio(9, 0));
    const refused = await alice.final(invite);
    expect([statusOf(refused), refused.header('Warning')]).toEqual([
      488,
      '305 tandem "Incompatible media format: audio offers G722 PCMU, the caller takes PCMA"',
    ]);
    await bob.wire.receive('ACK');
    await bob.answer('BYE');
    const ended = await tiers.events.take('the end', ({ kind }) => kind?.$case === 'callEnded');
    expect(ended.kind?.value).toMatchObject({ status: 488, fault: 'codec-mismatch' });
  });

  it('rule media that no worker sees, in parts of a body as well, and nothing of it is kept', async ({
    tiers: start,
  }) => {
    const never = { media: { anchor: 'never' } } as const;
    const { phone: alice, tiers } = await open(start, {
      users: [{ ...never }, { ...never, codecs: ['PCMU'] }],
    });
    const bob = await userPhone(tiers, '1002');
    await bob.register();
    const mixed = { 'Content-Type': 'multipart/mixed;boundary=x', 'MIME-Version': '1.0' };
    const parts = [
      ...['--x', 'Content-Type: text/plain', '', 'kept', '--x'],
      ...['Content-Type: application/sdp', '', `${audio(9, 8, 0, 101)}`, '--x--', ''],
    ].join('\r\n');
    const invite = await alice.invite(bob.uri, mixed, parts);
    const { asked, answered, caller } = await connect(alice, bob, invite, audio(0, 8));
    expect([codecsIn(asked), codecsIn(answered)[0]]).toEqual([['0 101', '101'], '0']);
    expect(asked.body).toContain('kept');
    expect(asked.body).toContain('m=audio 4000 ');
    const { dialog } = await tiers.recorded();
    expect(JSON.stringify(dialog)).not.toContain('m=audio');
    await end(caller, bob);
  });

  it('keep a call from being sent on to who may use nothing of its offer', async ({ tiers: start }) => {
    const users = [{}, {}, { codecs: ['PCMA'] }];
    const { phone: alice, tiers } = await open(start, { users, followRedirects: true });
    const [bob, carol] = [await userPhone(tiers, '1002'), await userPhone(tiers, '1003')];
    for (const each of [bob, carol]) await each.register();
    const sentOn = { Contact: `<${carol.uri}>` };
    const invite = await alice.invite(bob.uri, {}, audio(9, 0, 101));
    await bob.answer('INVITE', '302 Moved Temporarily', sentOn);
    expect(statusOf(await alice.final(invite))).toBe(302);
    await carol.wire.silent();
    await bob.wire.receive('ACK');
    const next = await alice.invite(bob.uri, {}, audio(9, 8, 101));
    await bob.answer('INVITE', '302 Moved Temporarily', sentOn);
    const { asked, caller } = await connect(alice, carol, next, audio(8, 101));
    expect(codecsIn(asked)).toEqual(['8 101', '101']);
    await end(caller, carol);
  });

  it('TR-28: that both have let media pass octet by octet: nothing is transcoded', async ({
    tiers: start,
  }) => {
    const { phone: alice, tiers } = await open(start, {
      users: [{ codecs: ['PCMU'] }, { codecs: ['PCMA', 'PCMU'] }],
    });
    const bob = await userPhone(tiers, '1002');
    await bob.register();
    const [mine, theirs] = [await ear(), await ear()];
    const invite = await alice.invite(bob.uri, {}, mine.body);
    const { asked, answered, caller } = await connect(alice, bob, invite, theirs.body);
    const heard = Promise.all([theirs.packet(), mine.packet()]);
    const spoken = [mine.speak(answered), theirs.speak(asked)];
    expect(await heard).toEqual(spoken);
    await end(caller, bob);
    const ended = await tiers.events.take('the end', ({ kind }) => kind?.$case === 'callEnded');
    expect(ended.kind?.value).toMatchObject({
      codec: 'PCMU/8000',
      packetsFromCaller: 1,
      packetsFromCallee: 1,
    });
  });

  it('rule what is agreed on before an answer', async ({ tiers: start }) => {
    const { phone: alice, tiers } = await open(start, { users: [{}, { codecs: ['PCMU', 'PCMA'] }] });
    const bob = await userPhone(tiers, '1002');
    await bob.register();
    const invite = await alice.invite(bob.uri, { Supported: '100rel' }, audio(9, 0, 8));
    const asked = await bob.wire.receive('INVITE');
    const reliable = { ...sdp, Require: '100rel', RSeq: '7' };
    bob.reply(asked, '183 Session Progress', reliable, audio(0, 9));
    const progress = await alice.response(invite, 183);
    expect([codecsIn(asked)[0], codecsIn(progress)[0]]).toEqual(['0 8', '0']);
    const early = Dialog.ofCaller(alice, progress);
    const rack = { RAck: `7 ${invite.header('CSeq')}` };
    const prack = await exchange(early, [alice, bob], 'PRACK', [audio(9, 8, 0), audio(8, 9)], rack);
    expect([codecsIn(prack.got)[0], codecsIn(prack.answered)[0]]).toEqual(['8 0', '8']);
    bob.reply(asked, '486 Busy Here');
    await alice.final(invite);
  });
});
