import { parseMessage, SipRequest, SipResponse } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { givenUpAt, sessionTimer, timerAnswer, timerHeaders } from './session-timer.ts';

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
    expect(sessionTimer(ok(value), [], 'callee', 5)).toEqual(
      timer && { ...timer, endsMs: 5 + timer.interval * 1_000 },
    );
  });

  it('stays as it is in a request of our own', () => {
    const timer = { interval: 1800, refresher: 'callee' } as const;
    expect(timerHeaders(timer, 'callee')).toContainEqual(['Session-Expires', '1800;refresher=uac']);
    expect(timerHeaders(timer, 'caller')).toContainEqual(['Session-Expires', '1800;refresher=uas']);
    expect(timerHeaders(undefined, 'caller')).toEqual([]);
  });

  it.each([
    [1_800, 1_832_000],
    [30, 40_000],
  ])('of %i s is given up after %i ms', (interval, ms) => {
    const timer = sessionTimer(ok(`${interval}`), [], 'caller', 0);
    expect(givenUpAt(timer)).toBe(ms);
  });

  it('that was agreed on before this release is not given up', () => {
    expect(givenUpAt({ interval: 90, refresher: 'caller' })).toBe(Number.POSITIVE_INFINITY);
    expect(givenUpAt(undefined)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a 2xx without a timer', () => {
  const asked = (...headers: string[]): SipRequest => {
    const lines = ['INVITE sip:b@x.example SIP/2.0', 'CSeq: 1 INVITE', ...headers, '', ''];
    const message = parseMessage(lines.join('\r\n'));
    if (message instanceof SipRequest) return message;
    throw new Error('no request');
  };
  const knows = 'Supported: 100rel, Timer';

  it('gets one where the caller knows of timers, and it was asked for', () => {
    const added = timerAnswer(asked(knows, 'Session-Expires: 1800'), [], ok());
    expect(added).toEqual([
      ['Require', 'timer'],
      ['Session-Expires', '1800;refresher=uac'],
    ]);
    expect(sessionTimer(ok(), added, 'callee', 0)).toMatchObject({ interval: 1_800, refresher: 'callee' });
  });

  it('gets the one that the switch has asked for', () => {
    const added = timerAnswer(asked(knows), [['Session-Expires', '600']], ok());
    expect(added).toContainEqual(['Session-Expires', '600;refresher=uac']);
  });

  it.each([
    ['the caller knows of none', asked('Session-Expires: 1800'), ok()],
    ['nobody asked for one', asked(knows), ok()],
    ['the callee has answered for itself', asked(knows, 'Session-Expires: 1800'), ok('90;refresher=uas')],
  ])('stays as it is where %s', (_, request, response) => {
    expect(timerAnswer(request, [], response)).toEqual([]);
  });
});
