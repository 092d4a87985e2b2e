import { tokenKey } from '@tandem/platform';
import { parseMessage, SipRequest, SipResponse } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import type { Outsider } from './outsider.ts';
import type { Party } from './token.ts';
import { Veil } from './veil.ts';

const key = tokenKey('the key of all edges');
const hop = {
  transport: 'udp',
  host: '10.0.0.5',
  port: 5060,
  localPort: 5060,
  edge: '',
  connection: 0,
  nat: false,
} as const;

function read<T>(kind: new (...args: never[]) => T, lines: readonly string[]): T {
  const message = parseMessage([...lines, '', ''].join('\r\n'));
  if (!(message instanceof kind)) throw new Error(`not a ${kind.name}`);
  return message;
}

const invite = read(SipRequest, [
  'INVITE sip:+34600@acme.example SIP/2.0',
  'v: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.6;branch=z9hG4bK2',
  'Via: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK3',
  'Record-Route: <sip:10.0.0.5;lr>',
  'Route: <sip:10.0.0.1;lr>',
  'f: "Alice" <sip:1001@10.0.0.1>;tag=a',
  'To: <sip:+34600@10.0.0.1>',
  'i: 1@10.0.0.5',
  'CSeq: 1 INVITE',
  'm: <sip:1001@10.0.0.5>;+sip.instance="<urn:uuid:1>"',
  'Content-Disposition: session',
  'Allow: INVITE',
  'User-Agent: phone at 10.0.0.5',
  'user-agent: another line of 10.0.0.5',
  'X-Secret: 10.0.0.5',
  'x-secret : 10.0.0.5',
  'P-Asserted-Identity: <sip:boss@10.0.0.1>',
  'Content-Length: 0',
]);

const names: NonNullable<Outsider['names']> = {
  inside: { caller: 'sip:1001@10.0.0.1', callee: 'sip:+34600@10.0.0.1' },
  outside: { caller: '<sip:+34911@carrier.example>', callee: '<sip:+34600@carrier.example>' },
};

function veil(changes: Partial<Outsider> = {}, sender: Party = 'caller'): Veil {
  const known = {
    party: 'callee',
    hidden: true,
    trusted: false,
    challenges: false,
    routes: [],
    names,
  } as const;
  const outsider = { ...known, ...changes };
  const token = { call: 'id', media: '', caller: hop, callee: hop };
  return new Veil({
    key,
    isOwn: (uri) => uri.includes('192.0.2.1'),
    token,
    outsider,
    sender,
    facade: '192.0.2.1:5060',
  });
}

describe('a request to somebody outside', () => {
  const sent = veil().request(invite);

  it('has nothing from inside left in it', () => {
    expect(sent.text).not.toContain('10.0.0.');
    expect(sent.text.toLowerCase()).not.toContain('secret');
    expect(sent.has('Via') || sent.has('Record-Route') || sent.has('Route')).toBe(false);
    expect(sent.has('P-Asserted-Identity')).toBe(false);
  });

  it('has what makes the call, and our address in place of that of the phone', () => {
    expect(sent.value('From')).toBe('<sip:+34911@carrier.example>;tag=a');
    expect(sent.value('To')).toBe('<sip:+34600@carrier.example>');
    expect(sent.value('Contact')).toMatch(/^<sip:[\w-]+@192\.0\.2\.1:5060>$/);
    expect(sent.value('Allow')).toBe('INVITE');
    expect(sent.text).toContain('Content-Disposition: session');
  });

  it('has the headers of before where nothing is hidden, but what a phone cannot assert', () => {
    const open = veil({ hidden: false }).request(invite);
    expect(open.has('P-Asserted-Identity')).toBe(false);
    expect(open.text).toContain('X-Secret: 10.0.0.5');
    expect(open.callId).toBe('1@10.0.0.5');
    expect(open.value('From')).toBe('<sip:+34911@carrier.example>;tag=a');
  });
});

describe('its response', () => {
  const sent = veil().request(invite);
  const answer = read(SipResponse, [
    'SIP/2.0 200 OK',
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours',
    `From: ${sent.value('From')}`,
    `To: ${sent.value('To')};tag=b`,
    `Call-ID: ${sent.callId}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:carrier.example>',
    'Content-Length: 0',
  ]);

  it('answers what the phone has sent, by the way that it has come', () => {
    const response = read(SipResponse, veil().response(answer, invite).write().split('\r\n').slice(0, -2));
    expect(response.vias.map(({ host }) => host)).toEqual(['10.0.0.5', '10.0.0.6', '10.0.0.7']);
    expect(response.callId).toBe('1@10.0.0.5');
    expect(response.value('From')).toBe(invite.value('From'));
    expect(response.value('To')).toBe('<sip:+34600@10.0.0.1>;tag=b');
    expect(response.value('Contact')).toBe('<sip:carrier.example>');
  });
});

describe('a request from somebody outside', () => {
  const sent = veil().request(invite);
  const bye = read(SipRequest, [
    'BYE sip:x@192.0.2.1 SIP/2.0',
    'Via: SIP/2.0/UDP carrier.example;branch=z9hG4bK1',
    `From: ${sent.value('To')};tag=b`,
    `To: ${sent.value('From')}`,
    `Call-ID: ${sent.callId}`,
    'CSeq: 1 BYE',
    'Remote-Party-ID: <sip:boss@acme.example>',
    'Content-Length: 0',
  ]);

  it('is of the dialog that the phone knows', () => {
    const request = veil({}, 'callee').request(bye);
    expect(request.callId).toBe('1@10.0.0.5');
    expect(request.value('From')).toBe('<sip:+34600@10.0.0.1>;tag=b');
    expect(request.value('To')).toBe('<sip:1001@10.0.0.1>;tag=a');
    expect(request.text).not.toContain('boss');
    expect(veil({ trusted: true }, 'callee').request(bye).text).toContain('boss');
  });

  it('is answered with nothing from inside', () => {
    const redirected = read(SipResponse, [
      'SIP/2.0 302 Moved',
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours, SIP/2.0/UDP carrier.example;branch=z9hG4bK1',
      'From: <sip:a@b>;tag=b',
      'To: <sip:c@d>;tag=a',
      'Call-ID: 1@10.0.0.5',
      'CSeq: 1 BYE',
      'Contact: <sip:1002@10.0.0.6>',
      'Warning: 399 10.0.0.5 "x"',
      'Content-Length: 0',
    ]);
    const text = veil({}, 'callee').response(redirected, bye).write();
    expect(text).not.toContain('10.0.0.');
    expect(text).toMatch(/Via:\s+SIP\/2\.0\/UDP carrier\.example;branch=z9hG4bK1\r\n/);
    expect(text).toContain(`Call-ID: ${sent.callId}`);
  });
});
