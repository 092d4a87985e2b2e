import { describe, expect, it } from 'vitest';
import { parseMessage } from '../message/parse.ts';
import { SipRequest } from '../message/request.ts';
import { SipResponse } from '../message/response.ts';
import { calleeDialog, callerDialog, dialogRequest, refreshTarget } from './dialog.ts';

function read<T>(kind: new (...args: never[]) => T, lines: string[]): T {
  const message = parseMessage([...lines, '', ''].join('\r\n'));
  if (!(message instanceof kind)) throw new Error(`not a ${kind.name}`);
  return message;
}

const invite = read(SipRequest, [
  'INVITE sip:1002@acme.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1',
  'Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>',
  'From: "A" <sip:1001@acme.example>;tag=a',
  'To: <sip:1002@acme.example>',
  'Call-ID: c1',
  'CSeq: 7 INVITE',
  'Contact: <sip:1001@192.0.2.4:5060>',
]);
const ok = read(SipResponse, [
  'SIP/2.0 200 OK',
  'Record-Route: <sip:p2.example;lr>',
  'Record-Route: <sip:p1.example;lr>',
  'From: "A" <sip:1001@acme.example>;tag=a',
  'To: <sip:1002@acme.example>;tag=b',
  'Call-ID: c1',
  'CSeq: 7 INVITE',
  'Contact: <sip:1002@192.0.2.5:5062>, <sip:other@192.0.2.6>',
]);

describe('a dialog', () => {
  it('of the caller: routes reversed, its own CSeq goes on', () => {
    const dialog = callerDialog(invite, ok)!;
    const { text, dialog: next } = dialogRequest(dialog, {
      method: 'BYE',
      via: 'SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK2',
    });
    expect(text).toBe(
      [
        'BYE sip:1002@192.0.2.5:5062 SIP/2.0',
        'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK2',
        'Route: <sip:p1.example;lr>',
        'Route: <sip:p2.example;lr>',
        'Max-Forwards: 70',
        'From: "A" <sip:1001@acme.example>;tag=a',
        'To: <sip:1002@acme.example>;tag=b',
        'Call-ID: c1',
        'CSeq: 8 BYE',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    expect(next.sequence).toBe(8);
  });

  it('of the callee: routes in order, its own CSeq begins at 1', () => {
    const dialog = calleeDialog(invite, ok)!;
    const { text } = dialogRequest(dialog, { method: 'BYE', via: 'SIP/2.0/UDP 192.0.2.5;branch=z9hG4bK3' });
    expect(text).toMatch(/^BYE sip:1001@192\.0\.2\.4:5060 SIP/);
    expect(text.match(/^Route: .*$/gm)).toEqual(['Route: <sip:p2.example;lr>', 'Route: <sip:p1.example;lr>']);
    expect(text).toContain('\r\nFrom: <sip:1002@acme.example>;tag=b\r\n');
    expect(text).toContain('\r\nCSeq: 1 BYE\r\n');
  });

  it('through a strict router', () => {
    const dialog = { ...callerDialog(invite, ok)!, routes: ['<sip:strict.example>', '<sip:p2.example;lr>'] };
    const { text } = dialogRequest(dialog, { method: 'BYE', via: 'SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK2' });
    expect(text).toMatch(/^BYE sip:strict\.example SIP/);
    expect(text.match(/^Route: .*$/gm)).toEqual([
      'Route: <sip:p2.example;lr>',
      'Route: <sip:1002@192.0.2.5:5062>',
    ]);
  });

  it('has a new target after a message with another Contact, and keeps it after one without', () => {
    const dialog = calleeDialog(invite, ok)!;
    expect(refreshTarget(dialog, ok).target).toBe('sip:1002@192.0.2.5:5062');
    const bare = read(SipResponse, ['SIP/2.0 200 OK', 'Call-ID: c1']);
    expect(refreshTarget(dialog, bare).target).toBe(dialog.target);
    expect(callerDialog(invite, bare)).toBeUndefined();
  });
});
