import { parseMessage, type SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { Told } from './told.ts';

function invite(branch: number, number = 1): SipRequest {
  const text = [
    'INVITE sip:1002@acme.example SIP/2.0',
    `Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK${branch}`,
    'From: <sip:1001@acme.example>;tag=a',
    'To: <sip:1002@acme.example>',
    'Call-ID: 1@192.0.2.4',
    `CSeq: ${number} INVITE`,
    '',
    '',
  ].join('\r\n');
  return parseMessage(text) as SipRequest;
}

describe('what was told', () => {
  it('is remembered for as long as a request may be sent again, and not for ever', () => {
    const told = new Told();
    for (let second = 0; second < 100; second++) told.add(invite(second), 1_000 * second);
    const remembered = (now: number): number =>
      Array.from({ length: 100 }, (_, second) => invite(second)).filter((each) => told.has(each, now)).length;
    expect(remembered(99_000)).toBeGreaterThanOrEqual(32);
    expect(remembered(99_000)).toBeLessThanOrEqual(64);
    expect(remembered(200_000)).toBe(0);
  });

  it('is of one request, and of no other of the same call', () => {
    const told = new Told();
    told.add(invite(1), 0);
    expect(told.has(invite(1), 500)).toBe(true);
    expect(told.has(invite(2), 500)).toBe(false);
    expect(told.has(invite(1, 2), 500)).toBe(false);
  });

  it('is so much at most, and the last ones then', () => {
    const told = new Told(10);
    for (let branch = 0; branch < 21; branch++) told.add(invite(branch), 0);
    expect([0, 9, 10, 20].map((branch) => told.has(invite(branch), 1))).toEqual([false, false, true, true]);
  });
});
