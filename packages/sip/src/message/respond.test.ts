import { describe, expect, it } from 'vitest';
import { respond } from './respond.ts';
import { sampleRequest } from './sample.ts';

const request = sampleRequest({
  headers: [
    'v:  SIP/2.0/UDP a.example;branch=z9hG4bK1\r\n ;rport, SIP/2.0/TCP b.example',
    'Via : SIP/2.0/TLS c.example',
    'f: "\xc3\x9c" <sip:1001@acme.example>;tag=a',
    'Call-ID : c1',
    'Route: <sip:d.example;lr>',
    'Timestamp: 54',
    'Content-Length: 0',
  ],
});

describe('a response (RFC 3261 §8.2.6)', () => {
  it('has the request’s own octets in Via, From, To, Call-ID and CSeq, and a tag in To', () => {
    expect(respond(request, 486, { toTag: 'b' })).toBe(
      [
        'SIP/2.0 486 Busy Here',
        'v:  SIP/2.0/UDP a.example;branch=z9hG4bK1',
        ' ;rport, SIP/2.0/TCP b.example',
        'Via : SIP/2.0/TLS c.example',
        'f: "\xc3\x9c" <sip:1001@acme.example>;tag=a',
        'To: <sip:1002@acme.example>;tag=b',
        'Call-ID : c1',
        'CSeq: 1 INVITE',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('has the topmost Via as the transport saw it', () => {
    const stamped = sampleRequest({ headers: ['v: SIP/2.0/UDP a.example;rport, SIP/2.0/TCP b.example'] });
    stamped.stampedVia = 'SIP/2.0/UDP a.example;rport=5070;received=192.0.2.9';
    expect(respond(stamped, 200)).toContain(
      '\r\nVia: SIP/2.0/UDP a.example;rport=5070;received=192.0.2.9, SIP/2.0/TCP b.example\r\n',
    );
  });

  it('has the other values of a line whose topmost Via was stamped, an escaped NUL too', () => {
    const stamped = sampleRequest({
      headers: ['Via: SIP/2.0/UDP a.example, SIP/2.0/UDP b.example;x="\\\0"'],
    });
    stamped.stampedVia = 'SIP/2.0/UDP a.example;received=192.0.2.9';
    expect(respond(stamped, 200)).toContain('received=192.0.2.9, SIP/2.0/UDP b.example;x="\\\0"\r\n');
  });

  it('has more headers and a body', () => {
    const text = respond(request, 200, { headers: [['Supported', 'path']], body: 'v=0\r\n' });
    expect(text).toMatch(/\r\nSupported: path\r\nContent-Length: 5\r\n\r\nv=0\r\n$/);
  });

  it('has the Timestamp of the request in a 100 only (§8.2.6.1)', () => {
    expect(respond(request, 100)).toContain('\r\nTimestamp: 54\r\n');
    expect(respond(request, 180)).not.toContain('Timestamp');
  });

  it.each([
    ['there is one', 'To: <sip:b@c.example>;tag=x'],
    ['To cannot be read', 'To: "B <sip:b@c.example>'],
  ])('adds no tag when %s', (_, line) => {
    const text = respond(sampleRequest({ headers: [line] }), 400, { toTag: 'b' });
    expect(text).toContain(`\r\n${line}\r\n`);
  });

  it('answers a request that lacks headers with what it has', () => {
    const text = respond(sampleRequest({ without: ['To', 'From', 'Call-ID', 'Via'] }), 400, { toTag: 'b' });
    expect(text).toBe('SIP/2.0 400 Bad Request\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n');
  });
});

describe('what does not come from the request', () => {
  it('cannot begin a line by its reason', () => {
    const reason = 'a\r\nVia: b\0\u010ac\t\xc3\xbc';
    expect(respond(request, 400, { reason })).toMatch(/^SIP\/2\.0 400 a {2}Via: b {2}c\t\xc3\xbc\r\n/);
  });

  it('cannot begin a line by a tag or a header', () => {
    expect(() => respond(request, 400, { toTag: 'a\r\nVia: b' })).toThrow('unsafe-value');
    expect(() => respond(request, 400, { headers: [['Subject', 'a\nb']] })).toThrow('unsafe-value');
  });
});
