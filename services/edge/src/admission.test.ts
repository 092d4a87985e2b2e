import { respond } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { type Admission, admit } from './admission.ts';
import { faultContent } from './answer.ts';

const lines = [
  'INVITE sip:1002@acme.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1',
  'From: <sip:1001@acme.example>;tag=a',
  'To: <sip:1002@acme.example>',
  'Call-ID: c1',
  'CSeq: 1 INVITE',
  'Max-Forwards: 70',
  'Content-Length: 0',
];

/** The request with one line replaced, or left out. */
function text(replace: Record<string, string | undefined> = {}): string {
  const kept = lines.flatMap((line) => {
    const name = line.split(/[: ]/)[0]!;
    if (!(name in replace)) return [line];
    const other = replace[name];
    return other === undefined ? [] : [other];
  });
  return [...kept, '', ''].join('\r\n');
}

function refusal(admission: Admission): Extract<Admission, { kind: 'refused' }> {
  if (admission.kind === 'refused') return admission;
  throw new Error('not refused');
}

describe('what arrives', () => {
  it('passes when it is well-formed', () => {
    expect(admit(text()).kind).toBe('message');
  });

  const refused: [name: string, text: string, answer: string][] = [
    [
      'a broken CSeq',
      text({ CSeq: 'CSeq: 99999999999 INVITE' }),
      '400 Bad Request - CSeq: 99999999999 INVITE',
    ],
    ['no Call-ID', text({ 'Call-ID': undefined }), '400 Bad Request - Call-ID is missing'],
    ['a broken From', text({ From: 'From: <sip:1001@acme.example' }), '400 Bad Request - From'],
    [
      'another version',
      text({ INVITE: 'INVITE sip:1002@acme.example SIP/7.0' }),
      '505 Version Not Supported',
    ],
    [
      'a body that is cut off',
      text({ 'Content-Length': 'Content-Length: 10' }),
      '400 Bad Request - Content-Length',
    ],
  ];

  it.each(refused)('is answered with the reason: %s', (_name, request, answer) => {
    const admission = admit(request);
    const { fault, request: answerable } = refusal(admission);
    expect(respond(answerable!, fault.kind.status, faultContent(fault))).toContain(`SIP/2.0 ${answer}`);
  });

  const dropped: [name: string, text: string][] = [
    ['no SIP at all', 'GET / HTTP/1.1\r\n\r\n'],
    ['a malformed ACK', text({ INVITE: 'ACK sip:1002@acme.example SIP/2.0' })],
    ['a malformed response', 'SIP/2.0 200 OK\r\nVia: x\r\n\r\n'],
    ['a request that does not say where answers go', text({ Via: 'Via: nonsense' })],
  ];

  it.each(dropped)('is dropped: %s', (_name, request) => {
    expect(refusal(admit(request)).request).toBeUndefined();
  });
});
