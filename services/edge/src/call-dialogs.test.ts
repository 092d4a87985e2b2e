import { parseMessage, SipRequest, SipResponse } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { dialogsOf, sightingOf, withRequest } from './call-dialogs.ts';
import type { DialogToken } from './token.ts';

function read<T>(kind: new (...args: never[]) => T, lines: string[]): T {
  const message = parseMessage([...lines, '', ''].join('\r\n'));
  if (!(message instanceof kind)) throw new Error(`not a ${kind.name}`);
  return message;
}

function request(method: string, cseq: number, contact?: string): SipRequest {
  return read(SipRequest, [
    `${method} sip:1002@acme.example SIP/2.0`,
    'Record-Route: <sip:upstream.example;lr>',
    'From: <sip:1001@acme.example>;tag=a',
    'To: <sip:1002@acme.example>',
    'Call-ID: c1',
    `CSeq: ${cseq} ${method}`,
    ...(contact ? [`Contact: <${contact}>`] : []),
  ]);
}

function ok(contact: string | undefined): SipResponse {
  return read(SipResponse, [
    'SIP/2.0 200 OK',
    'Record-Route: <sip:far.example;lr>, <sip:near.example;lr>, <sip:token@edge.example;lr>',
    'Record-Route: <sip:upstream.example;lr>',
    'From: <sip:1001@acme.example>;tag=a',
    'To: <sip:1002@acme.example>;tag=b',
    'Call-ID: c1',
    'CSeq: 3 INVITE',
    ...(contact ? [`Contact: <${contact}>`] : []),
  ]);
}

const hop = {
  transport: 'udp',
  host: '192.0.2.4',
  port: 5060,
  localPort: 5060,
  edge: '',
  connection: 0,
  nat: false,
} as const;
const token: DialogToken = { call: 'id', media: '', caller: hop, callee: { ...hop, host: '192.0.2.5' } };
const isOwn = (uri: string): boolean => uri.includes('edge.example');
const invite = request('INVITE', 3, 'sip:1001@192.0.2.4');
const common = { token, calleeCallId: 'c1', authorized: { headers: [], times: 0 } };
const dialogs = dialogsOf({ invite, response: ok('sip:1002@192.0.2.5'), ...common }, isOwn)!;

describe('the dialogs of a call, as the edge in its middle sees them', () => {
  it('lead to the caller through what stands before us, in the name of the callee', () => {
    expect(dialogs.caller.dialog).toEqual({
      callId: 'c1',
      local: '<sip:1002@acme.example>;tag=b',
      remote: '<sip:1001@acme.example>;tag=a',
      target: 'sip:1001@192.0.2.4',
      routes: ['<sip:upstream.example;lr>'],
      sequence: 0,
    });
  });

  it('lead to the callee through what stands behind us, in the name of the caller', () => {
    expect(dialogs.callee.dialog).toEqual({
      callId: 'c1',
      local: '<sip:1001@acme.example>;tag=a',
      remote: '<sip:1002@acme.example>;tag=b',
      target: 'sip:1002@192.0.2.5',
      routes: ['<sip:near.example;lr>', '<sip:far.example;lr>'],
      sequence: 3,
    });
  });

  it('are unknown when a party gave no Contact', () => {
    expect(dialogsOf({ invite, response: ok(undefined), ...common }, isOwn)).toBeUndefined();
    const silent = { invite: request('INVITE', 3), response: ok('sip:b@h'), ...common };
    expect(dialogsOf(silent, isOwn)).toBeUndefined();
  });

  it.each([
    [
      'an INFO uses up a number',
      'caller',
      request('INFO', 4, 'sip:moved@192.0.2.9'),
      'sip:1001@192.0.2.4',
      4,
    ],
    [
      'a re-INVITE also moves its sender',
      'caller',
      request('INVITE', 5, 'sip:moved@192.0.2.9'),
      'sip:moved@192.0.2.9',
      5,
    ],
    ['a late retransmission changes nothing', 'caller', request('INFO', 2), 'sip:1001@192.0.2.4', 3],
  ] as const)('%s', (_name, sender, later, target, sequence) => {
    const after = withRequest(dialogs, sender, sightingOf(token, sender, later));
    expect([after.caller.dialog.target, after.callee.dialog.sequence]).toEqual([target, sequence]);
    expect(after.caller.dialog.sequence).toBe(0);
  });

  it('count the numbers of each side apart', () => {
    const seen = sightingOf(token, 'callee', request('INFO', 90));
    expect(withRequest(dialogs, 'callee', seen).caller.dialog.sequence).toBe(90);
  });
});
