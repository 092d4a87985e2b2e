import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { cancelFor } from './cancel.ts';
import { requestText } from './sample.ts';

const invite = requestText('INVITE', {
  via: 'SIP/2.0/UDP p.example;branch=z9hG4bKp, SIP/2.0/UDP a.example;branch=z9hG4bKa',
  headers: [
    ['Route', '<sip:r1.example;lr>'],
    ['Require', '100rel'],
    ['Proxy-Require', 'foo'],
  ],
});

describe('CANCEL (RFC 3261 §9.1)', () => {
  it('equals the INVITE in what identifies it, and requires nothing', () => {
    expect(cancelFor(invite).split('\r\n')).toEqual([
      'CANCEL sip:bob@b.example SIP/2.0',
      'Via: SIP/2.0/UDP p.example;branch=z9hG4bKp',
      'Route: <sip:r1.example;lr>',
      'Max-Forwards: 70',
      'From: <sip:alice@a.example>;tag=a',
      'To: <sip:bob@b.example>',
      'Call-ID: c1',
      'CSeq: 1 CANCEL',
      'Content-Length: 0',
      '',
      '',
    ]);
  });

  it('says why', () => {
    const reason = 'SIP;cause=200;text="Call completed elsewhere"';
    expect(cancelFor(invite, reason)).toContain(`\r\nReason: ${reason}\r\n`);
  });

  it('refuses a reason that would begin a new header', () => {
    expect(() => cancelFor(invite, 'SIP\r\nEvil: 1')).toThrow(Fault);
  });
});
