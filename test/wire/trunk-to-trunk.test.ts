import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';
import { answered, beyond, described, outside, tales, tells, upstream } from './tales.ts';
import { address, type Tiers } from './tiers.ts';
import { areRight, asks, challenge } from './trunk-challenges.ts';

const describe = needs('namespace');

const [here, second] = [address(11), address(31)];

/** Calls from the one trunk that go to the other one. */
function tenant(own: object = {}) {
  const first = { contacts: [`sip:${outside}`], identify: { sources: [outside] } };
  return {
    more: {
      Trunk: {
        first,
        second: { contacts: [`sip:${second}`], identify: { sources: [second] }, ...own },
      },
      Number: { '+34911000001': { destination: { trunk: 'second', number: '+34600111222' } } },
    },
  };
}

interface Carrier {
  readonly phone: Phone;
  readonly heard: Message[];
}

async function carriers(tiers: Tiers): Promise<readonly [Carrier, Carrier]> {
  const open = async (host: string): Promise<Carrier> => {
    const heard: Message[] = [];
    return { phone: await tiers.outside(host, here, heard), heard };
  };
  return [await open(outside), await open(second)];
}

/** What a carrier says of where it is, with a proxy of its own before it. */
function telling({ phone }: Carrier): Record<string, string> {
  return { ...(tales(phone) as Record<string, string>), 'Record-Route': upstream(phone) };
}

function invite({ phone }: Carrier): Message {
  const from = { 'Call-ID': `${fresh()}@${phone.wire.local}`, 'Record-Route': upstream(phone) };
  return phone.offer(`sip:+34911000001@${here}`, { ...tales(phone), ...from }, described(outside));
}

/** One side asks for something within the call, and the other one agrees; returns it as that got it. */
async function ask(method: string, dialog: Dialog, from: Carrier, to: Carrier): Promise<Message> {
  const says = ['INVITE', 'UPDATE'].includes(method);
  const { 'Content-Type': _, ...told } = tales(from.phone);
  const body = says ? described(from.phone.wire.local.split(':')[0]!) : '';
  const request = dialog.request(method, { ...told, ...beyond(dialog), ...(says && sdp) }, body);
  from.phone.send(request);
  const answer = says ? described(to.phone.wire.local.split(':')[0]!) : '';
  const { 'Content-Type': _type, ...telling } = tales(to.phone);
  const got = await to.phone.answer(method, '200 OK', { ...telling, ...(says && sdp) }, answer);
  const done = await from.phone.final(request);
  expect([statusOf(done), done.header('CSeq'), done.header('Call-ID')]).toEqual([
    200,
    request.header('CSeq'),
    request.header('Call-ID'),
  ]);
  expect(got.headers('Via')).toHaveLength(1);
  expect(got.headers('Route')).toEqual([upstream(to.phone)]);
  if (method !== 'INVITE') return got;
  dialog.acknowledge({ ...told, ...beyond(dialog) });
  expect((await to.phone.wire.receive('ACK')).headers('Route')).toEqual([upstream(to.phone)]);
  return got;
}

/** Neither has heard of the other, nor of what is between. */
function expectSilence(one: Carrier, other: Carrier): void {
  const inside = ['edge-1', 'edge-2', 'media-1', address(1), 'X-Address', '+1900'];
  const secrets = (each: Carrier): string[] => [
    ...inside,
    each.phone.wire.local,
    each.phone.wire.local.split(':')[0]!,
    'phone at',
  ];
  for (const [hearer, told] of [
    [one, other],
    [other, one],
  ] as const) {
    expect(hearer.heard.length).toBeGreaterThan(1);
    const leaks = hearer.heard.flatMap(({ text }) =>
      secrets(told)
        .filter((secret) => tells(text, secret))
        .map((secret) => `${secret} in ${text}`),
    );
    expect(leaks).toEqual([]);
  }
}

describe('a call from one trunk to another', () => {
  it('shows neither anything of the other, whichever edge it passes', async ({ tiers: start }) => {
    const tiers = await start(tenant());
    const edge = await tiers.mortalEdge('edge-1', here);
    const [a, b] = await carriers(tiers);
    const first = invite(a);
    a.phone.send(first);
    const asked = await b.phone.wire.receive('INVITE');
    expect(asked.start).toBe(`INVITE sip:+34600111222@${second} SIP/2.0`);
    expect(asked.headers('Via')).toHaveLength(1);
    const reliable = {
      ...telling(b),
      Require: '100rel',
      RSeq: '7',
      'Record-Route': [upstream(b.phone), ...asked.headers('Record-Route')],
    };
    b.phone.reply(asked, '183 Session Progress', reliable, described(second));
    const early = Dialog.ofCaller(a.phone, await a.phone.response(first, 183));
    expect(early.routes.filter((route) => !route.includes('upstream@'))).toEqual([
      expect.stringMatching(new RegExp(`^<sip:[\\w-]+@${here}:5060;lr>$`)),
    ]);
    a.phone.send(early.request('PRACK', { RAck: '7 1 INVITE', ...beyond(early) }));
    expect((await b.phone.answer('PRACK')).header('RAck')).toBe('7 1 INVITE');
    await a.phone.wire.receive('SIP/2.0 200');
    const said = b.phone.reply(
      asked,
      '200 OK',
      { ...reliable, Require: undefined, RSeq: undefined },
      described(second),
    );
    const answer = await a.phone.final(first);
    expect(answer.headers('Via')).toEqual(
      first.headers('Via').map((via) => expect.stringContaining(via.split(';')[0]!)),
    );
    const [mine, theirs] = [Dialog.ofCaller(a.phone, answer), Dialog.ofCallee(b.phone, asked, said)];
    mine.acknowledge({ ...tales(a.phone), ...beyond(mine) });
    await b.phone.wire.receive('ACK');
    await tiers.recorded();
    await edge.kill();
    await tiers.edge('edge-2', here);
    for (const method of ['INVITE', 'UPDATE', 'INFO']) {
      await ask(method, mine, a, b);
      await ask(method, theirs, b, a);
    }
    await ask('BYE', theirs, b, a);
    expectSilence(a, b);
    const { kind } = await tiers.events.take('the end', (each) => each.kind?.$case === 'callEnded');
    expect(kind).toMatchObject({ value: { releasedBy: 'callee' } });
  });

  it('whose challenges are answered here tells the other nothing of them', async ({ tiers: start }) => {
    const auth = { username: 'acct', password: 'secret-of-the-trunk', realm: 'carrier.example' };
    const tiers = await start(tenant({ auth }));
    await tiers.edge('edge-1', here);
    const [a, b] = await carriers(tiers);
    const first = invite(a);
    a.phone.send(first);
    await challenge(b.phone, 'INVITE', 407, asks());
    const asked = await b.phone.wire.receive('INVITE');
    expect(areRight(asked.header('Proxy-Authorization'))).toBe(true);
    b.phone.reply(asked, '200 OK', sdp, described(second));
    const mine = Dialog.ofCaller(a.phone, await a.phone.final(first));
    mine.acknowledge(beyond(mine));
    expect((await b.phone.wire.receive('ACK')).header('CSeq')).toBe(
      asked.header('CSeq')!.replace('INVITE', 'ACK'),
    );
    const bye = mine.request('BYE', beyond(mine));
    a.phone.send(bye);
    await challenge(b.phone, 'BYE', 401, asks());
    const again = await b.phone.answer('BYE');
    expect(areRight(again.header('Authorization'), 'MD5', 'BYE')).toBe(true);
    expect(statusOf(await a.phone.final(bye))).toBe(200);
    expectSilence(a, b);
  });

  it('may not be transferred by either', async ({ tiers: start }) => {
    const tiers = await start(tenant());
    await tiers.edge('edge-1', here);
    const [a, b] = await carriers(tiers);
    const first = invite(a);
    a.phone.send(first);
    const { mine, theirs } = await answered(first, a.phone, b.phone);
    for (const [dialog, way] of [
      [mine, beyond(mine)],
      [theirs, {}],
    ] as const) {
      const refused = await dialog.ask('REFER', { 'Refer-To': '<sip:+34600111333@carrier.example>', ...way });
      expect(statusOf(refused)).toBe(403);
    }
    const [, ended] = await Promise.all([b.phone.answer('BYE'), mine.ask('BYE', beyond(mine))]);
    expect(statusOf(ended)).toBe(200);
  });

  it('that the second one refuses, or that is given up, shows as little', async ({ tiers: start }) => {
    const tiers = await start(tenant());
    await tiers.edge('edge-1', here);
    const [a, b] = await carriers(tiers);
    for (const status of ['302 Moved Temporarily', '486 Busy Here']) {
      const first = invite(a);
      a.phone.send(first);
      await b.phone.answer('INVITE', status, telling(b));
      const refused = await a.phone.final(first);
      expect([...refused.headers('Contact'), refused.body]).toEqual(['']);
      a.phone.acknowledge(first, refused);
      await b.phone.wire.receive('ACK');
    }
    const first = invite(a);
    a.phone.send(first);
    const asked = await b.phone.answer('INVITE', '180 Ringing', telling(b));
    await a.phone.response(first, 180);
    a.phone.send(a.phone.cancel(first));
    await b.phone.answer('CANCEL');
    b.phone.reply(asked, '487 Request Terminated', telling(b));
    await b.phone.wire.receive('ACK');
    const given = await a.phone.final(first);
    expect(statusOf(given)).toBe(487);
    a.phone.acknowledge(first, given);
    expectSilence(a, b);
  });
});
