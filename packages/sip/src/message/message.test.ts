import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { limits } from '../limits.ts';
import { excerpt } from './message.ts';
import { sampleRequest } from './sample.ts';

/** The detail of the Fault that a read throws. */
function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Fault) return error.detail;
    throw error;
  }
  return 'none';
}

describe('a header over several lines', () => {
  const request = sampleRequest({
    headers: [
      'Via: SIP/2.0/UDP a.example, SIP/2.0/TCP\r\n b.example:5070;branch=z9hG4bKb',
      'v : SIP/2.0/TLS c.example',
      'm: "Smith, J" <sip:a@x.example;p=1,2>;q=0.5, <sip:b@x.example>',
      'CONTACT: <sip:c@x.example>',
    ],
  });

  it('has its elements in order, whatever the spelling and the lines', () => {
    expect(request.vias.map((via) => via.host)).toEqual(['a.example', 'b.example', 'c.example']);
    expect(request.contacts.map((contact) => contact.uri)).toEqual([
      'sip:a@x.example;p=1,2',
      'sip:b@x.example',
      'sip:c@x.example',
    ]);
  });

  it('has the topmost Via without reading the others', () => {
    expect(sampleRequest({ headers: ['Via: SIP/2.0/UDP a.example, broken'] }).via.host).toBe('a.example');
  });

  it('gives whole lines as values', () => {
    expect(request.value('Via')).toBe('SIP/2.0/UDP a.example, SIP/2.0/TCP b.example:5070;branch=z9hG4bKb');
    expect(request.values('Via')).toHaveLength(2);
    expect(request.elementsAt(request.lines('Via')[1]!)).toEqual(['SIP/2.0/TLS c.example']);
  });
});

describe('what is read', () => {
  it('is what the sender wrote', () => {
    const { from, to, callId, cseq, via } = sampleRequest({
      headers: ['From: "\xc3\x9cnal \\"Ü\\"" <sip:1001@acme.example>;tag=a', 'cseq: 0009\r\n  INVITE'],
    });
    expect(from).toEqual({
      display: '\xc3\x9cnal "Ü"',
      uri: 'sip:1001@acme.example',
      params: new Map([['tag', 'a']]),
    });
    expect(to.uri).toBe('sip:1002@acme.example');
    expect(callId).toBe('c1');
    expect(cseq).toEqual({ number: 9, method: 'INVITE' });
    expect(via.params.get('branch')).toBe('z9hG4bK1');
  });

  it('is absent where the header is', () => {
    const request = sampleRequest();
    expect(request.has('Route')).toBe(false);
    expect(request.value('Route')).toBeUndefined();
    expect(request.routes).toEqual([]);
    expect(request.recordRoutes).toEqual([]);
    expect(request.contacts).toEqual([]);
    expect(request.body).toBe('');
  });
});

describe('what cannot be read', () => {
  it.each([
    ['From: "Bob <sip:b@x.example>', 'from', 'From: "Bob <sip:b@x.example>'],
    ['To: x', 'to', 'To: x'],
    ['CSeq: one INVITE', 'cseq', 'CSeq: one INVITE'],
    ['Via: x', 'via', 'Via: x'],
    ['Call-ID:', 'callId', 'Call-ID: '],
    ['Route: <sip:a.example>, <', 'routes', 'Route: <'],
    ['Record-Route: *', 'recordRoutes', 'Record-Route: *'],
  ] as const)('%s names its header', (line, property, detail) => {
    expect(complaint(() => sampleRequest({ headers: [line] })[property])).toBe(detail);
  });

  it.each([
    ['From', 'from'],
    ['To', 'to'],
    ['Call-ID', 'callId'],
    ['CSeq', 'cseq'],
    ['Via', 'via'],
  ] as const)('a missing %s is named', (name, property) => {
    expect(complaint(() => sampleRequest({ without: [name] })[property])).toBe(`${name} is missing`);
  });

  it('is more elements than the cap', () => {
    const values = (count: number): string => `Via: ${Array(count).fill('SIP/2.0/UDP a').join(', ')}`;
    const { headerElements } = limits;
    expect(sampleRequest({ headers: [values(headerElements)] }).vias).toHaveLength(headerElements);
    expect(complaint(() => sampleRequest({ headers: [values(headerElements + 1)] }).vias)).toBe(
      'Via: more than 128 values',
    );
  });
});

it('shows of a value from the wire what is printable, and not much', () => {
  expect(excerpt('a\r\n\0\xffb')).toBe('a????b');
  expect(excerpt('x'.repeat(80))).toBe('x'.repeat(80));
  expect(excerpt('x'.repeat(81))).toBe(`${'x'.repeat(77)}...`);
});
