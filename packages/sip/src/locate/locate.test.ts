import { describe, expect, it } from 'vitest';
import type { SipUri } from '../uri/sip-uri.ts';
import { parseUri } from '../uri/uri.ts';
import { locate, type Speech } from './locate.ts';
import type { Answers, Known, Question, RecordType } from './records.ts';

const all: Speech = { transports: ['udp', 'tcp', 'tls', 'ws', 'wss'], families: ['A', 'AAAA'] };
const plain: Speech = { transports: ['udp', 'tcp'], families: ['A'] };

/** Records as a zone file has them: `name TYPE data`. What is not there does not exist. */
function zone(...lines: readonly string[]): Answers {
  const known = lines.map((line) => line.split(' '));
  const answers = (type: RecordType, name: string): Known<RecordType> => {
    const rows = known.filter(([owner, kind]) => owner === name && kind === type);
    const failure = rows.find(([, , first]) => first === 'failed' || first === 'refused')?.[2];
    if (failure) return failure as Known<RecordType>;
    return rows.map(([, , ...data]) => read(type, data));
  };
  return answers as Answers;
}

function read(type: RecordType, data: readonly string[]): never {
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = data;
  const numbers = { order: Number(first), preference: Number(second) };
  const found =
    type === 'NAPTR'
      ? { ...numbers, flags: third, services: fourth, replacement: fifth }
      : type === 'SRV'
        ? { priority: Number(first), weight: Number(second), port: Number(third), target: fourth }
        : first;
  return found as never;
}

function targets(uri: string, answers: Answers, speech: Speech = all): string[] {
  const located = locate(parseUri(uri) as SipUri, { answers, speech, random: () => 0.5 });
  expect(located.wanted).toEqual([]);
  return located.targets.map(
    ({ address, name, port, transport }) =>
      `${transport} ${address}:${port}${name === address ? '' : ` ${name}`}`,
  );
}

const nothing = zone();
const carrier = zone(
  'carrier.example NAPTR 50 50 s SIPS+D2T _sips._tcp.carrier.example',
  'carrier.example NAPTR 90 50 s SIP+D2T _sip._tcp.carrier.example',
  'carrier.example NAPTR 100 50 s SIP+D2U _sip._udp.carrier.example',
  '_sips._tcp.carrier.example SRV 1 1 5061 a.carrier.example',
  '_sip._tcp.carrier.example SRV 1 1 5080 a.carrier.example',
  '_sip._udp.carrier.example SRV 2 1 5060 b.carrier.example',
  '_sip._udp.carrier.example SRV 1 1 5070 a.carrier.example',
  'a.carrier.example A 192.0.2.1',
  'a.carrier.example AAAA 2001:db8::1',
  'b.carrier.example A 192.0.2.2',
  'carrier.example A 192.0.2.9',
);

describe('the targets of a URI', () => {
  it.each([
    ['of an address', 'sip:a@192.0.2.1', ['udp 192.0.2.1:5060']],
    ['of an address and a port', 'sip:a@192.0.2.1:5099', ['udp 192.0.2.1:5099']],
    ['of an address that wants TCP', 'sip:a@192.0.2.1;transport=TCP', ['tcp 192.0.2.1:5060']],
    ['of an IPv6 address', 'sip:a@[2001:db8::1]:5070', ['udp 2001:db8::1:5070']],
    ['of an address, secured', 'sips:a@192.0.2.1', ['tls 192.0.2.1:5061']],
    ['of an address, TCP secured', 'sips:a@192.0.2.1;transport=tcp', ['tls 192.0.2.1:5061']],
    ['of an address over WebSocket', 'sip:a@192.0.2.1;transport=ws', ['ws 192.0.2.1:80']],
    ['of an address over WebSocket, secured', 'sips:a@192.0.2.1;transport=ws', ['wss 192.0.2.1:443']],
    ['that cannot be secured', 'sips:a@192.0.2.1;transport=udp', []],
    ['over what nobody knows', 'sip:a@192.0.2.1;transport=sctp', []],
  ])('%s', (_name, uri, expected) => {
    expect(targets(uri, nothing)).toEqual(expected);
  });

  it('with a port are its addresses, and nothing else is asked', () => {
    expect(targets('sip:a@carrier.example:5099', carrier)).toEqual(['udp 192.0.2.9:5099 carrier.example']);
    expect(targets('sips:a@carrier.example:5099', carrier)).toEqual(['tls 192.0.2.9:5099 carrier.example']);
  });

  it('are by NAPTR in its order, and by SRV within it', () => {
    expect(targets('sip:carrier.example', carrier)).toEqual([
      'tls 192.0.2.1:5061 carrier.example',
      'tls 2001:db8::1:5061 carrier.example',
      'tcp 192.0.2.1:5080 carrier.example',
      'tcp 2001:db8::1:5080 carrier.example',
      'udp 192.0.2.1:5070 carrier.example',
      'udp 2001:db8::1:5070 carrier.example',
      'udp 192.0.2.2:5060 carrier.example',
    ]);
  });

  it('are only what this node speaks', () => {
    expect(targets('sip:carrier.example', carrier, plain)).toEqual([
      'tcp 192.0.2.1:5080 carrier.example',
      'udp 192.0.2.1:5070 carrier.example',
      'udp 192.0.2.2:5060 carrier.example',
    ]);
    expect(targets('sips:carrier.example', carrier, plain)).toEqual([]);
  });

  it('of a sips URI are never in the clear', () => {
    expect(targets('sips:carrier.example', carrier)).toEqual([
      'tls 192.0.2.1:5061 carrier.example',
      'tls 2001:db8::1:5061 carrier.example',
    ]);
    expect(targets('sips:plain.example', zone('plain.example A 192.0.2.1'))).toEqual([
      'tls 192.0.2.1:5061 plain.example',
    ]);
  });

  it('of a named transport are by its SRV records, without NAPTR', () => {
    expect(targets('sip:carrier.example;transport=tcp', carrier, plain)).toEqual([
      'tcp 192.0.2.1:5080 carrier.example',
    ]);
  });

  it('without NAPTR are by the SRV records that there are', () => {
    const answers = zone('_sip._tcp.b.example SRV 1 1 5080 h.example', 'h.example A 192.0.2.3');
    expect(targets('sip:b.example', answers)).toEqual(['tcp 192.0.2.3:5080 b.example']);
  });

  it.each([
    ['sip:b.example', 'udp 192.0.2.4:5060 b.example'],
    ['sip:b.example;transport=tcp', 'tcp 192.0.2.4:5060 b.example'],
    ['sips:b.example', 'tls 192.0.2.4:5061 b.example'],
    ['sip:b.example;transport=wss', 'wss 192.0.2.4:443 b.example'],
    ['sip:b.example.', 'udp 192.0.2.4:5060 b.example'],
  ])('without any SRV record are the addresses at the default port: %s', (uri, expected) => {
    expect(targets(uri, zone('b.example A 192.0.2.4'))).toEqual([expected]);
  });

  it('are found without NAPTR where servers refuse to say, and not guessed when nobody answers', () => {
    const address = 'b.example A 192.0.2.4';
    const found = ['udp 192.0.2.4:5060 b.example'];
    expect(targets('sip:b.example', zone('b.example NAPTR refused', address))).toEqual(found);
    expect(targets('sip:b.example', zone('b.example NAPTR failed', address))).toEqual([]);
    expect(targets('sip:b.example', zone('_sip._udp.b.example SRV refused', address))).toEqual([]);
    expect(targets('sip:b.example', zone('_sip._udp.b.example SRV failed', address))).toEqual([]);
  });

  it('are those of a NAPTR record that leads to another domain', () => {
    const answers = zone(
      'b.example NAPTR 1 1 S sip+d2u _sip._udp.host.example',
      'b.example NAPTR 1 1 u E2U+sip !^.*$!sip:x@y!',
      '_sip._udp.host.example SRV 1 1 5062 h.host.example',
      'h.host.example A 192.0.2.5',
    );
    expect(targets('sip:b.example', answers)).toEqual(['udp 192.0.2.5:5062 b.example']);
  });

  it('are none where the domain says that the service is not there', () => {
    const answers = zone('_sip._udp.b.example SRV 0 0 0 .', 'b.example A 192.0.2.4');
    expect(targets('sip:b.example;transport=udp', answers)).toEqual([]);
  });

  it('are those that can be had when some names do not answer', () => {
    const answers = zone(
      '_sip._udp.b.example SRV 1 1 5060 h1.example',
      '_sip._udp.b.example SRV 2 1 5060 h2.example',
      'h1.example A failed',
      'h2.example A 192.0.2.6',
    );
    expect(targets('sip:b.example;transport=udp', answers)).toEqual(['udp 192.0.2.6:5060 b.example']);
  });

  it('are 16 at most, each once', () => {
    const many = Array.from(
      { length: 40 },
      (_, index) => `_sip._udp.b.example SRV 1 1 5060 h${index % 20}.example`,
    );
    const hosts = Array.from({ length: 20 }, (_, index) => `h${index}.example A 192.0.2.${index}`);
    const found = targets('sip:b.example;transport=udp', zone(...many, ...hosts));
    expect(found).toHaveLength(16);
    expect(new Set(found).size).toBe(16);
  });
});

describe('what has to be asked', () => {
  /** Answers as a resolver would, question by question; returns them in rounds. */
  function rounds(uri: string, answers: Answers): string[][] {
    const asked = new Set<string>();
    const seen: string[][] = [];
    const cached = ((type: RecordType, name: string) =>
      asked.has(`${type} ${name}`) ? answers(type, name) : undefined) as Answers;
    for (;;) {
      const { wanted } = locate(parseUri(uri) as SipUri, {
        answers: cached,
        speech: plain,
        random: () => 0.5,
      });
      if (wanted.length === 0) return seen;
      const round = wanted.map(({ type, name }: Question) => `${type} ${name}`);
      seen.push(round);
      for (const each of round) asked.add(each);
    }
  }

  it('is NAPTR, then SRV, then addresses', () => {
    expect(rounds('sip:carrier.example', carrier)).toEqual([
      ['NAPTR carrier.example'],
      ['SRV _sip._tcp.carrier.example', 'SRV _sip._udp.carrier.example'],
      ['A a.carrier.example', 'A a.carrier.example', 'A b.carrier.example'],
    ]);
  });

  it('is the SRV of each transport, and the address, where there is no NAPTR', () => {
    expect(rounds('sip:b.example', zone('b.example A 192.0.2.4'))).toEqual([
      ['NAPTR b.example'],
      ['SRV _sip._udp.b.example', 'SRV _sip._tcp.b.example'],
      ['A b.example'],
    ]);
  });

  it('is nothing for an address, and the address alone for a port', () => {
    expect(rounds('sip:192.0.2.1', nothing)).toEqual([]);
    expect(rounds('sip:b.example:5060', nothing)).toEqual([['A b.example']]);
  });
});
