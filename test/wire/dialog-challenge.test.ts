import { parseCredentials } from '@tandem/sip';
import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';
import {
  type Answered,
  answered,
  beyond,
  callPast,
  described,
  hangUp,
  inside,
  outside,
  tales,
} from './tales.ts';
import { address, type Tiers } from './tiers.ts';
import {
  areRight,
  asks,
  auth,
  challenge,
  configure,
  here,
  number,
  numberOf,
  open,
} from './trunk-challenges.ts';

const describe = needs('namespace');

/** A call with the carrier that was answered. */
interface Call extends Answered {
  readonly phone: Phone;
  readonly carrier: Phone;
}

/** Calls the carrier, which asks for credentials if that is wanted, and says that it is at another `place`. */
async function connect(
  { carrier, phone, tiers }: { readonly carrier: Phone; readonly phone: Phone; readonly tiers: Tiers },
  { place = carrier, isAsked = false } = {},
): Promise<Call> {
  const invite = await callPast(phone, number);
  if (isAsked) await challenge(carrier, 'INVITE', 407, asks());
  const both = await answered(invite, phone, carrier, { place });
  await tiers.recorded();
  return { phone, carrier, ...both };
}

/** The phone asks for something, for which the carrier wants credentials; returns both requests as that got them. */
async function prove(
  { carrier, mine, phone }: Pick<Call, 'carrier' | 'mine' | 'phone'>,
  method: string,
  headers: Headers = {},
  status: 401 | 407 = 407,
): Promise<[first: Message, second: Message]> {
  const says = method === 'INVITE' || method === 'UPDATE';
  const { 'Content-Type': _, ...telling } = tales(phone);
  const own = { ...telling, ...beyond(mine), ...headers, ...(says && sdp) };
  const request = mine.request(method, own, says ? described(inside) : '');
  phone.send(request);
  const first = await challenge(carrier, method, status, asks());
  const second = await carrier.wire.receive(`${method} `);
  const header = status === 407 ? 'Proxy-Authorization' : 'Authorization';
  expect(first.headers(header)).toEqual([]);
  expect(areRight(second.header(header), 'MD5', method)).toBe(true);
  expect(numberOf(second)).toBe(numberOf(first) + 1);
  carrier.reply(second, '200 OK', says ? sdp : {}, says ? described(outside) : '');
  const answer = await phone.final(request);
  expect([statusOf(answer), answer.header('CSeq')]).toEqual([200, request.header('CSeq')]);
  return [first, second];
}

/** What an INVITE and its ACK have in common. */
function proofOf(message: Message) {
  return [numberOf(message), message.header('Proxy-Authorization')];
}

function rising(messages: readonly Message[]): boolean {
  return messages.map(numberOf).every((each, index, all) => index === 0 || each > all[index - 1]!);
}

describe('a provider that asks for credentials within a call', () => {
  it.for([
    ['the edge of the call', false],
    ['another edge', true],
  ] as const)(
    'gets those of the trunk from %s, with numbers that only rise (OS-17)',
    async ([, isKilled], { tiers: start }) => {
      const { place, tiers } = await configure(start);
      const edge = isKilled ? await tiers.mortalEdge('edge-1', here) : await tiers.edge('edge-1', here);
      const call = await connect({ tiers, ...(await place()) }, { isAsked: true });
      expect(proofOf(call.ack)).toEqual(proofOf(call.asked));
      if ('kill' in edge) {
        await edge.kill();
        await tiers.edge('edge-2', here);
      }
      const seen = [call.asked];
      seen.push(...(await prove(call, 'INFO', {}, 401)));
      seen.push(...(await prove(call, 'UPDATE')));
      seen.push(...(await prove(call, 'REFER', { 'Refer-To': `<sip:+34600111333@${domain}>` })));
      seen.push(...(await prove(call, 'INVITE')));
      call.mine.acknowledge({ ...tales(call.phone), ...beyond(call.mine) });
      expect(proofOf(await call.carrier.wire.receive('ACK'))).toEqual(proofOf(seen.at(-1)!));
      seen.push(...(await prove(call, 'BYE')));
      expect(rising(seen)).toBe(true);
      const { kind } = await tiers.events.take('the end', (each) => each.kind?.$case === 'callEnded');
      expect(kind).toMatchObject({ value: { releasedBy: 'caller' } });
    },
  );

  it('before it has answered gets them as well', async ({ tiers: start }) => {
    const { carrier, phone } = await open(start);
    const invite = await callPast(phone, number);
    const asked = await carrier.wire.receive('INVITE');
    const reliable = { ...sdp, Require: '100rel', RSeq: '7' };
    carrier.reply(asked, '183 Session Progress', reliable, described(outside));
    const mine = Dialog.ofCaller(phone, await phone.response(invite, 183));
    const call = { carrier, phone, mine };
    const [first, second] = await prove(call, 'PRACK', { RAck: `7 ${numberOf(invite)} INVITE` });
    for (const seen of [first, second]) expect(seen.header('RAck')).toBe(`7 ${numberOf(asked)} INVITE`);
    const said = carrier.reply(asked, '200 OK');
    await phone.final(invite);
    mine.acknowledge({ ...beyond(mine), CSeq: `${numberOf(invite)} ACK` });
    expect(numberOf(await carrier.wire.receive('ACK'))).toBe(numberOf(asked));
    expect(rising([asked, first, second, ...(await prove(call, 'UPDATE'))])).toBe(true);
    await hangUp(Dialog.ofCallee(carrier, asked, said), phone);
  });

  it('for a new INVITE that it answers reliably has the same number in what follows', async ({
    tiers: start,
  }) => {
    const opened = await open(start);
    const { carrier, mine, phone, theirs } = await connect(opened);
    const request = mine.request('INVITE', { ...tales(phone), ...beyond(mine) }, described(inside));
    phone.send(request);
    await challenge(carrier, 'INVITE', 407, asks());
    const asked = await carrier.wire.receive('INVITE');
    carrier.reply(
      asked,
      '183 Session Progress',
      { ...sdp, Require: '100rel', RSeq: '9' },
      described(outside),
    );
    await phone.response(request, 183);
    const prack = mine.request('PRACK', { RAck: `9 ${numberOf(request)} INVITE`, ...beyond(mine) });
    phone.send(prack);
    expect((await carrier.answer('PRACK')).header('RAck')).toBe(`9 ${numberOf(asked)} INVITE`);
    expect(statusOf(await phone.final(prack))).toBe(200);
    carrier.reply(asked, '488 Not Acceptable Here');
    expect(numberOf(await carrier.wire.receive('ACK'))).toBe(numberOf(asked));
    expect(statusOf(await phone.final(request))).toBe(488);
    await hangUp(theirs, phone);
  });

  it('that has called gets them, too', async ({ tiers: start }) => {
    const own = { auth, identify: { sources: [`${outside}/32`] } };
    const more = { numbers: { '+34911000001': { destination: { user: '1002' } } } };
    const { carrier, phone } = await open(start, own, more);
    await phone.register();
    const invite = carrier.offer(`sip:+34911000001@${here}`, {}, described(outside));
    carrier.send(invite);
    const asked = await phone.wire.receive('INVITE');
    const said = phone.reply(asked, '200 OK', tales(phone), described(inside));
    const theirs = Dialog.ofCaller(carrier, await carrier.final(invite));
    theirs.acknowledge();
    await phone.wire.receive('ACK');
    const mine = Dialog.ofCallee(phone, asked, said);
    const call = { carrier, phone, mine };
    const first = await prove(call, 'INVITE');
    mine.acknowledge(tales(phone));
    expect(proofOf(await carrier.wire.receive('ACK'))).toEqual(proofOf(first[1]));
    const second = await prove(call, 'BYE', {}, 401);
    expect(rising([...first, ...second])).toBe(true);
  });

  it('gets them from us as well when media moves, and the phone goes on after that', async ({
    tiers: start,
  }) => {
    const opened = await open(start);
    const call = await connect(opened, { isAsked: true });
    const { asked, carrier, phone } = call;
    await opened.tiers.media('media-2', address(3));
    const told = phone.answer('INVITE', '200 OK', sdp, described(inside));
    await opened.tiers.killMedia('media-1');
    const first = await challenge(carrier, 'INVITE', 407, asks());
    const second = await carrier.answer('INVITE', '200 OK', sdp, described(outside));
    expect(areRight(second.header('Proxy-Authorization'))).toBe(true);
    expect(proofOf(await carrier.wire.receive('ACK'))).toEqual(proofOf(second));
    await told;
    await phone.wire.receive('ACK');
    const seen = [asked, first, second, ...(await prove(call, 'INVITE'))];
    call.mine.acknowledge({ ...tales(phone), ...beyond(call.mine) });
    expect(proofOf(await carrier.wire.receive('ACK'))).toEqual(proofOf(seen.at(-1)!));
    seen.push(...(await prove(call, 'BYE')));
    expect(rising(seen)).toBe(true);
  });

  it('is proven ourselves to when we end the call for both', async ({ tiers: start }) => {
    const opened = await open(start, { auth }, { media: { anchor: 'always', inactivity: 1 } });
    const { carrier, asked, phone } = await connect(opened);
    await phone.answer('BYE');
    const first = await challenge(carrier, 'BYE', 407, asks());
    const second = await carrier.answer('BYE');
    expect(areRight(second.header('Proxy-Authorization'), 'MD5', 'BYE')).toBe(true);
    expect(rising([asked, first, second])).toBe(true);
    await carrier.wire.silent();
  });
});

describe('credentials within a call', () => {
  it.for([
    ['another realm', asks('evil.example'), 'realm "evil.example"; trunk carrier answers carrier.example'],
    ['what nobody speaks', 'Basic realm="carrier.example"', 'trunk carrier answers carrier.example'],
  ])('are for nobody who asks for %s (AS-16)', async ([, asked, why], { tiers: start }) => {
    const opened = await open(start);
    const { carrier, mine, phone, theirs } = await connect(opened);
    const request = mine.request('INFO', beyond(mine));
    phone.send(request);
    await challenge(carrier, 'INFO', 401, asked!);
    expect(statusOf(await phone.final(request))).toBe(403);
    await carrier.wire.silent();
    const line = opened.tiers.lines.find(({ fault }) => fault === 'trunk-challenged');
    expect(line?.msg).toContain(why);
    await hangUp(theirs, phone);
  });

  it('are for nobody at the place that the other side has named (AS-16)', async ({ tiers: start }) => {
    const opened = await open(start);
    const thief = await opened.tiers.outside(address(31), here);
    const { carrier, mine, phone } = await connect(opened, { place: thief });
    const request = mine.request('BYE', beyond(mine));
    phone.send(request);
    await challenge(thief, 'BYE', 407, asks());
    expect(statusOf(await phone.final(request))).toBe(403);
    for (const each of [thief, carrier]) await each.wire.silent();
    const line = opened.tiers.lines.find(({ fault }) => fault === 'trunk-challenged');
    expect(line?.msg).toContain(`${address(31)} is no place of trunk carrier`);
  });

  it('are given once more for a stale nonce, and not for ever', async ({ tiers: start }) => {
    const opened = await open(start);
    const { carrier, mine, phone } = await connect(opened);
    const request = mine.request('INFO', beyond(mine));
    phone.send(request);
    const seen = [
      await challenge(carrier, 'INFO', 407, asks()),
      await challenge(carrier, 'INFO', 407, asks('carrier.example', 'MD5', ', stale=true')),
      await challenge(carrier, 'INFO', 401, asks()),
      await challenge(carrier, 'INFO', 407, asks('carrier.example', 'MD5', ',stale=true')),
    ];
    expect(statusOf(await phone.final(request))).toBe(403);
    await carrier.wire.silent();
    const nonces = seen.map((each) => parseCredentials(each.header('Proxy-Authorization') ?? '')?.nonce);
    expect(new Set(nonces).size).toBe(3);
    expect(rising([...seen, ...(await prove({ carrier, mine, phone }, 'BYE'))])).toBe(true);
  });
});
