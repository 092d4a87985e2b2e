import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';

const describe = needs('namespace');

const registrar = `sip:${domain}`;
const branch = () => `branch=z9hG4bK${fresh()}`;

/** A Via of 2,000 octets, with all that its grammar allows and nothing that a proxy may change. */
function long({ wire }: Phone): string {
  const quoted = `"; , \\" <sip:x> ;rport;received=192.0.2.1"`;
  return `SIP/2.0/UDP ${wire.local} ; ${branch()};ttl=1; x = ${quoted};pad=${'p'.repeat(1_900)}`;
}

function stack(count: number): string[] {
  return Array.from({ length: count }, (_, hop) => `SIP/2.0/UDP hop${hop}.example:${5060 + hop};${branch()}`);
}

describe('Via', () => {
  it.for([
    ['2,000 octets', (phone: Phone) => [long(phone)]],
    ['20 lines', (phone: Phone) => [long(phone), ...stack(19)]],
    ['20 values in one line', (phone: Phone) => [[long(phone), ...stack(19)].join(', ')]],
    ['20 values in some lines', (phone: Phone) => [long(phone), stack(9).join(','), stack(10).join('  ,  ')]],
  ] as const)('comes back octet by octet: %s', async ([, vias], { phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const own = vias(alice);
    const answer = await alice.ask(alice.request('OPTIONS', registrar, { Via: own }));
    expect(answer.headers('Via')).toEqual(own);
    const again = vias(alice);
    const refusal = await alice.ask(alice.request('OPTIONS', registrar, { Via: again, 'Max-Forwards': 'x' }));
    expect(refusal.headers('Via')).toEqual(again);
  });

  it.for([
    ['the port that it names', '', (other: Phone) => other.wire.local],
    [
      'the address that the request came from, at that port',
      ';received=',
      (other: Phone) => `phone.invalid:${other.wire.local.split(':')[1]}`,
    ],
  ] as const)('without rport leads the response to %s', async ([, received, sentBy], { phone }) => {
    const [alice, other] = [await phone(), await phone()];
    const via = `SIP/2.0/UDP ${sentBy(other)};${branch()}`;
    const request = alice.request('OPTIONS', registrar, { Via: via });
    alice.send(request);
    const [address] = alice.wire.local.split(':');
    expect((await other.final(request)).header('Via')).toBe(received ? `${via}${received}${address}` : via);
    await alice.wire.silent();
  });

  it.for(['rport', 'rport;received=192.0.2.1', 'rport=9'])(
    'with %s leads the response to where the request came from',
    async (asked, { phone }) => {
      const alice = await phone();
      const via = `SIP/2.0/UDP phone.invalid:9;${branch()}`;
      const answer = await alice.ask(alice.request('OPTIONS', registrar, { Via: `${via};${asked}` }));
      const [address, port] = alice.wire.local.split(':');
      expect(answer.header('Via')).toBe(`${via};received=${address};rport=${port}`);
    },
  );

  it('leads every response to an INVITE, and the CANCEL of it, alike', async ({ phone }) => {
    const [alice, other, bob] = [await phone(), await phone(), await phone()];
    await bob.register();
    const via = { Via: `SIP/2.0/UDP ${other.wire.local};${branch()}` };
    const challenged = alice.offer(bob.uri, via);
    alice.send(challenged);
    const challenge = await other.response(challenged, 407);
    const invite = alice.offer(bob.uri, {
      Via: `SIP/2.0/UDP ${other.wire.local};${branch()}`,
      'Call-ID': challenged.header('Call-ID'),
      From: challenged.header('From'),
      CSeq: '2 INVITE',
      ...alice.credentials(challenge, challenged),
    });
    alice.send(invite);
    const ringing = await bob.wire.receive('INVITE');
    await other.response(invite, 100);
    bob.reply(ringing, '180 Ringing');
    await other.response(invite, 180);
    const cancel = alice.cancel(invite);
    alice.send(cancel);
    expect(statusOf(await other.final(cancel))).toBe(200);
  });
});
