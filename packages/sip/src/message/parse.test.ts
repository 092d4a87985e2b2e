import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { parseMessage } from './parse.ts';
import { SipRequest } from './request.ts';
import { SipResponse } from './response.ts';
import { sampleText } from './sample.ts';

describe('start lines', () => {
  it.each([
    ['INVITE sip:a@b.example SIP/2.0', 'INVITE', 'sip:a@b.example', 'SIP/2.0'],
    ['INVITE sip:a@b.example sip/2.0', 'INVITE', 'sip:a@b.example', 'sip/2.0'],
    ['INVITE sip:a@b.example SIP/7.0', 'INVITE', 'sip:a@b.example', 'SIP/7.0'],
    ['invite sip:a@b.example SIP/2.0', 'invite', 'sip:a@b.example', 'SIP/2.0'],
    ['INVITE sip:a@b.example; lr SIP/2.0', 'INVITE', 'sip:a@b.example; lr', 'SIP/2.0'],
    ['INVITE  sip:a@b.example  SIP/2.0', 'INVITE', ' sip:a@b.example ', 'SIP/2.0'],
    ['__proto__ constructor SIP/2.0', '__proto__', 'constructor', 'SIP/2.0'],
  ])('request: %s', (startLine, method, uri, version) => {
    expect(parseMessage(sampleText({ startLine }))).toMatchObject({ method, uri, version });
  });

  it.each([
    ['SIP/2.0 200 OK', 200, 'OK'],
    ['sip/2.0 200 OK', 200, 'OK'],
    ['SIP/2.0 100 ', 100, ''],
    ['SIP/2.0 699 a  b', 699, 'a  b'],
    ['SIP/2.0 200 \xd0\xbd\xd0\xbe', 200, '\xd0\xbd\xd0\xbe'],
  ])('response: %s', (startLine, status, reason) => {
    const message = parseMessage(sampleText({ startLine }));
    expect(message).toBeInstanceOf(SipResponse);
    expect(message).toMatchObject({ status, reason });
  });

  it.each([
    'INVITE sip:a@b.example',
    'INVITE SIP/2.0',
    ' INVITE sip:a@b.example SIP/2.0',
    'IN@VITE sip:a@b.example SIP/2.0',
    'GET / HTTP/1.1',
    'SIP/2.0 200',
    'SIP/2.0 200OK',
    'SIP/2.0  200 OK',
    'SIP/2.0 099 Low',
    'SIP/2.0 700 High',
    'SIP/2.0 20x OK',
    'SIP/2.0 4294967301 better not break the receiver',
    'SIP/3.0 200 OK',
    '\xff\xfe',
  ])('neither: %j', (startLine) => {
    const fault = parseMessage(sampleText({ startLine }));
    expect(fault instanceof Fault && fault.kind.code).toBe('malformed-message');
  });

  it('marks white space after the version', () => {
    const message = parseMessage(sampleText({ startLine: 'INVITE sip:a@b.example SIP/2.0  ' }));
    expect(message instanceof SipRequest && message.version).toBe('SIP/2.0');
    expect(message instanceof SipRequest && message.scan.flaw?.kind.code).toBe('malformed-message');
  });
});

describe('the body (RFC 3261 §18.3)', () => {
  it.each([
    ['without Content-Length it is all that follows', [], 'body'],
    ['with Content-Length the rest is discarded', ['Content-Length: 2'], 'bo'],
    ['a compact Content-Length counts', ['l:2'], 'bo'],
    ['a length of zero leaves none', ['Content-Length: 0'], ''],
    ['a length that is too large leaves what there is', ['Content-Length: 9'], 'body'],
    ['a length that is no number leaves what there is', ['Content-Length: five'], 'body'],
    ['a negative length leaves what there is', ['Content-Length: -1'], 'body'],
  ])('%s', (_, headers, body) => {
    const message = parseMessage(sampleText({ headers, body: 'body' }));
    expect(message instanceof SipRequest && message.body).toBe(body);
  });

  it('keeps the octets of a binary body', () => {
    const body = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const message = parseMessage(sampleText({ headers: ['Content-Length: 256'], body }));
    expect(message instanceof SipRequest && message.body).toBe(body);
  });
});
