import { parseMessage, SipResponse } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { sessionTimer, timerHeaders } from './session-timer.ts';

function ok(expires?: string): SipResponse {
  const lines = ['SIP/2.0 200 OK', 'CSeq: 1 INVITE', ...(expires ? [`Session-Expires: ${expires}`] : [])];
  const message = parseMessage([...lines, '', ''].join('\r\n'));
  if (message instanceof SipResponse) return message;
  throw new Error('no response');
}

describe('a session timer', () => {
  it.each([
    ['1800;refresher=uac', { interval: 1800, refresher: 'callee' }],
    ['1800 ; refresher = UAS', { interval: 1800, refresher: 'caller' }],
    ['90', { interval: 90, refresher: 'callee' }],
    ['0', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ] as const)('as the callee’s request was answered: %s', (value, timer) => {
    expect(sessionTimer(ok(value), 'callee')).toEqual(timer);
  });

  it('stays as it is in a request of our own', () => {
    const timer = { interval: 1800, refresher: 'callee' } as const;
    expect(timerHeaders(timer, 'callee')).toContainEqual(['Session-Expires', '1800;refresher=uac']);
    expect(timerHeaders(timer, 'caller')).toContainEqual(['Session-Expires', '1800;refresher=uas']);
    expect(timerHeaders(undefined, 'caller')).toEqual([]);
  });
});
