import { parseMessage, SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import type { CallDialogs, Leg } from './call-dialogs.ts';
import { type Course, refuseDuringMove, renumbered } from './course.ts';

function request(method: string, headers: readonly string[] = [], body = ''): SipRequest {
  const lines = [
    `${method} sip:1002@acme.example SIP/2.0`,
    'Call-ID: c1',
    `CSeq: 6 ${method}`,
    ...headers,
    `Content-Length: ${body.length}`,
  ];
  const message = parseMessage([...lines, '', body].join('\r\n'));
  if (message instanceof SipRequest) return message;
  throw new Error('no request');
}

const leg = { shifts: [{ above: 5, by: 2 }] } as unknown as Leg;
const dialogs = { caller: {}, callee: leg } as CallDialogs;
const moved: Course = { session: 'media-2.1', dialogs, isMoving: false };

describe('the numbers of a call whose media was moved', () => {
  it('are raised towards the party that the edge has sent requests to', () => {
    expect(renumbered(moved, {}, 'caller', request('INFO'))).toEqual([['CSeq', '8 INFO']]);
    expect(renumbered(moved, {}, 'callee', request('INFO'))).toEqual([]);
    expect(renumbered({ session: '', isMoving: false }, {}, 'caller', request('INFO'))).toEqual([]);
  });

  it.each([
    ['776656 6 INVITE', '776656 8 INVITE'],
    ['1 5 INVITE', '1 5 INVITE'],
  ])('are raised in what a PRACK answers as well: %s', (before, after) => {
    expect(renumbered(moved, {}, 'caller', request('PRACK', [`RAck: ${before}`]))).toEqual([
      ['CSeq', '8 PRACK'],
      ['RAck', after],
    ]);
  });
});

describe('while media is being moved', () => {
  const moving: Course = { ...moved, isMoving: true };
  const described = ['Content-Type: application/sdp'];

  it.each([
    ['INVITE', request('INVITE')],
    ['UPDATE with an offer', request('UPDATE', described, 'v=0\r\n')],
  ])('a party is to wait with %s', (_name, offer) => {
    expect(() => refuseDuringMove(moving, offer)).toThrow('media-moving');
    refuseDuringMove(moved, offer);
  });

  it.each(['UPDATE', 'INFO', 'BYE'])('a party may send %s', (method) => {
    refuseDuringMove(moving, request(method));
  });
});
