import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { probe } from '../harness/sipsak.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';

const describe = needs('namespace', 'sipsak');

describe('OPTIONS', () => {
  it.for(['udp', 'tcp'] as const)('of sipsak over %s is answered', async (transport, { live }) => {
    const prober = await live.network.host('prober');
    expect(await probe(prober, `sip:ping@${live.tandem.proxy}`, transport)).toBe(200);
  });

  it.for(['udp', 'tcp'] as const)(
    'over %s tells its sender where it was seen',
    async (transport, { phone }) => {
      const alice = await phone(transport);
      const answer = await alice.ask(alice.request('OPTIONS', `sip:ping@${domain}`));
      const [address, port] = alice.wire.local.split(':');
      expect(answer.header('Via')).toMatch(new RegExp(`;received=${address};rport=${port}$`));
    },
  );

  it.for([
    ['the domain', () => `sip:${domain}`],
    ['an address of the edge', (edge) => `sip:${edge}`],
    ['a user that exists', () => `sip:1001@${domain}`],
    ['a user that does not', () => `sip:nobody@${domain}`],
    ['another domain', () => 'sip:bob@elsewhere.example'],
    ['a number', () => 'tel:+34910000001'],
  ] as [string, (edge: string) => string][])(
    'to %s is answered alike, so that nobody learns who exists',
    async ([, uri], { live, phone }) => {
      const alice = await phone();
      const answer = await alice.ask(alice.request('OPTIONS', uri(live.tandem.proxy)));
      expect(answer.start).toBe('SIP/2.0 200 OK');
      expect(answer.header('Allow')).toMatch(/^INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER/);
      expect(answer.header('Accept')).toBe('application/sdp');
      expect(answer.header('Supported')).toBe('path, outbound, gruu');
    },
  );
});

describe('keep-alives', () => {
  it.for(['\r\n', '\r\n\r\n', '\0', ''])('get no answer over UDP: %j', async (octets, { phone }) => {
    const { wire } = await phone();
    wire.send(octets);
    await wire.silent();
  });
});
