import { Fault, parseMessage, type SipMessage } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { coverBody } from './covered-body.ts';
import { bodyRefused } from './faults.ts';

const own = 'v=0\r\no=al 1 1 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\nm=audio 4 RTP/AVP 0\r\n';
const relayed = own.replaceAll('10.0.0.5', '192.0.2.1');

function message(type: string, body: string, ...headers: string[]): SipMessage {
  const lines = [
    'INFO sip:bob@there.example SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1',
    'From: <sip:al@acme.example>;tag=a',
    'To: <sip:bob@there.example>;tag=b',
    'Call-ID: 1',
    'CSeq: 1 INFO',
    `Content-Type: ${type}`,
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ];
  return parseMessage(lines.join('\r\n')) as SipMessage;
}

/** A body of parts, each with its headers and its text. */
function mixed(...parts: readonly (readonly [headers: string, text: string])[]): SipMessage {
  const body = parts.map(([headers, text]) => `--x@10.0.0.5\r\n${headers}\r\n\r\n${text}\r\n`).join('');
  return message('multipart/related;start="<1@10.0.0.5>";boundary="x@10.0.0.5"', `${body}--x@10.0.0.5--\r\n`);
}

const sdpPart = ['Content-Type: application/sdp\r\nContent-ID: <1@10.0.0.5>', own] as const;

describe('a body for somebody who is hidden from', () => {
  it.each(['text/plain', 'Application/DTMF-Relay', 'application/isup;version=itu-t92+'])(
    'of type %s goes as it is',
    (type) => {
      expect(coverBody(message(type, 'Signal=5'), undefined, true)).toEqual({ text: 'Signal=5' });
    },
  );

  it('says of a transfer what has come of it, and no more', () => {
    const fragment = 'SIP/2.0 486 Busy at 10.0.0.5\r\nContact: <sip:1@10.0.0.5>\r\n';
    const covered = coverBody(message('message/sipfrag;version=2.0', fragment), undefined, true);
    expect(covered).toEqual({ text: 'SIP/2.0 486 Busy Here\r\n' });
  });

  it('is a description with the addresses of a relay, and none that no relay has seen', () => {
    const covered = coverBody(message('application/sdp', own), relayed, true);
    expect(covered?.text).toContain('c=IN IP4 192.0.2.1');
    expect(covered?.text).not.toContain('o=al');
    expect(coverBody(message('application/sdp', own), undefined, false)).toEqual({ text: '', type: '' });
  });

  it('has the description among its parts changed, and nothing else that could tell', () => {
    const optional = 'Content-Type: application/pidf+xml\r\nContent-Disposition: render;handling=optional';
    const isup = 'Content-Type: application/isup\r\nX-Host: 10.0.0.5';
    const covered = coverBody(mixed(sdpPart, [optional, '10.0.0.5'], [isup, '\x01\xff']), relayed, true);
    expect(covered?.text).not.toContain('10.0.0.5');
    expect(covered?.type).not.toContain('10.0.0.5');
    expect(covered?.text).toContain('c=IN IP4 192.0.2.1');
    expect(covered?.text).toContain('\r\n\r\n\x01\xff\r\n--');
    const boundary = /^multipart\/mixed;boundary=(\w+)$/.exec(covered?.type ?? '')?.[1];
    expect(covered?.text.startsWith(`--${boundary}\r\nContent-Type: application/sdp\r\n\r\nv=0`)).toBe(true);
  });

  it.each([
    ['of an unknown type', message('application/dialog-info+xml', '<x/>')],
    ['that is no status', message('message/sipfrag', 'INVITE sip:1@10.0.0.5 SIP/2.0\r\n')],
    ['that is encoded', message('text/plain', 'x', 'Content-Encoding: gzip')],
    ['whose parts cannot be read', message('multipart/mixed;boundary=y', 'x')],
    ['with a part that has to be understood', mixed(sdpPart, ['Content-Type: application/x', 'x'])],
    ['with an encoded part', mixed(['Content-Transfer-Encoding: base64', 'eA=='])],
    ['with parts of parts', mixed(['Content-Type: multipart/mixed;boundary=y', '--y--'])],
  ])('%s is refused, or left out where nobody would hear that', (_, refused) => {
    let fault: unknown;
    try {
      coverBody(refused, relayed, true);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(Fault);
    expect((fault as Fault).kind).toBe(bodyRefused);
    expect(coverBody(refused, relayed, false)?.text ?? '').not.toContain('10.0.0.5');
  });

  it('is none where there is none', () => {
    expect(coverBody(message('text/plain', ''), undefined, true)).toBeUndefined();
  });
});
