import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { connect, dial, hangUp } from './call.ts';
import { it } from './fixture.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';

const describe = needs('namespace');

/** What a proxy has to leave alone, however it is written. */
const odd: Headers = {
  'X-Unknown': ['first', 'second; a="b, c"; d'],
  sUBJECT: 'I know   you are\r\n\tthere,\r\n pick up',
  'x-empty': '',
  s: 'compact',
  'Accept-Language': 'da, en-gb;q=0.8, en;q=0.7',
  Authorization: 'Digest username="1", realm="the callee", nonce="n", uri="sip:x", response="r"',
  'X-High': '\xc3\x9c \xff',
  Warning: '370 devnull "Choose a bigger pipe"',
  'Content-Type': 'application/octet-stream',
};
const octets = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));

/** The lines that a proxy has no business with. */
function rest({ text }: Message, ...own: readonly RegExp[]): string {
  const [head = ''] = text.split('\r\n\r\n');
  const lines = head.split('\r\n').slice(1);
  return lines.filter((line) => !own.some((pattern) => pattern.test(line))).join('\n');
}

const ours = [/^Via: .*/, /^Record-Route: /, /^Route: /, /^Max-Forwards: /, /^Proxy-Authorization: /];

describe('a message that is relayed', () => {
  it('has all its headers and its body, octet by octet, in their order', async ({ phone }) => {
    const [alice, bob] = [await phone('tcp'), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const sent = alice.offer(bob.uri, odd, octets);
    alice.send(sent);
    const invite = await bob.wire.receive('INVITE');
    expect(rest(invite, ...ours)).toBe(rest(sent, ...ours));
    expect(invite.body).toBe(octets);

    const { 'X-Unknown': _, ...others } = odd;
    for (const [status, code] of [
      ['183 Any  \xc3\x9c Words', 183],
      ['603 No', 603],
    ] as const) {
      const said = bob.reply(invite, status, { ...others, 'X-Unknown': status }, octets);
      const heard = await alice.response(sent, code);
      expect(heard.start).toBe(`SIP/2.0 ${status}`);
      expect(rest(heard, /^Via: /)).toBe(rest(said, /^Via: /));
      expect(heard.headers('Via')).toHaveLength(1);
      expect(heard.body).toBe(octets);
    }
  });

  it('is so within the dialog too', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    const sent = call.caller.request('INFO', odd, octets);
    alice.send(sent);
    const info = await bob.wire.receive('INFO');
    expect(rest(info, ...ours)).toBe(rest(sent, ...ours));
    expect(info.body).toBe(octets);
    const said = bob.reply(info, '200 OK', odd, octets);
    const answer = await alice.final(sent);
    expect(rest(answer, /^Via: /)).toBe(rest(said, /^Via: /));
    expect(answer.body).toBe(octets);
    await hangUp(call, bob);
  });

  it('keeps a stack of Vias as it was', async ({ phone }) => {
    const [alice, bob] = [await phone('tcp'), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const below = ['SIP/2.0/UDP  a.example ;branch=z9hG4bKa, SIP/2.0/TLS b.example', 'SIP / 2.0 / SCTP c'];
    const own = `SIP/2.0/TCP ${alice.wire.local};branch=z9hG4bK${alice.tag};pad=${'p'.repeat(2_000)}`;
    const sent = await dial(alice, bob.uri, { Via: [own, ...below] });
    const invite = await bob.answer('INVITE', '603 No');
    expect(invite.headers('Via').slice(1)).toEqual([own, ...below]);
    const refusal = await alice.final(sent);
    expect(refusal.headers('Via')).toEqual([own, ...below]);
    alice.acknowledge(sent, refusal);
  });

  it.for([
    ['counts one hop less', '17', '16'],
    ['gets 70 hops when it has no count', undefined, '70'],
  ] as const)('%s', async ([, hops, left], { phone }) => {
    const [alice, bob] = [await phone('tcp'), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const sent = await dial(alice, bob.uri, { 'Max-Forwards': hops });
    expect((await bob.answer('INVITE', '603 No')).headers('Max-Forwards')).toEqual([left]);
    expect(statusOf(await alice.final(sent))).toBe(603);
  });

  it('loses what its sender may not say to another', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const claims = {
      'p-asserted-identity': '<sip:boss@acme.example>',
      'P-Preferred-Identity': '<sip:boss@acme.example>',
      'Remote-Party-ID': '<sip:boss@acme.example>;party=calling',
    };
    const { invite } = await connect(alice, bob, claims);
    for (const name of [...Object.keys(claims), 'Proxy-Authorization'])
      expect(invite.headers(name)).toEqual([]);
  });
});
