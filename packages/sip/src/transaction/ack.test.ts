import { describe, expect, it } from 'vitest';
import { ackFor } from './ack.ts';
import { requestText, responseTo } from './sample.ts';

const invite = requestText('INVITE', {
  via: 'SIP/2.0/UDP p.example;branch=z9hG4bKp, SIP/2.0/UDP a.example;branch=z9hG4bKa',
  cseq: 986759,
  headers: [
    ['Route', '<sip:r1.example;lr>, <sip:r2.example;lr>'],
    ['Route', '<sip:r3.example;lr>'],
    ['Contact', '<sip:alice@a.example>'],
    ['Proxy-Authorization', 'Digest username="alice"'],
  ],
});

describe('ACK of a failed INVITE (RFC 3261 §17.1.1.3)', () => {
  it('has the top Via, the routes and the identity of the INVITE, and To of the response', () => {
    expect(ackFor(invite, responseTo(invite, 486, 'xyz')).split('\r\n')).toEqual([
      'ACK sip:bob@b.example SIP/2.0',
      'Via: SIP/2.0/UDP p.example;branch=z9hG4bKp',
      'Route: <sip:r1.example;lr>, <sip:r2.example;lr>',
      'Route: <sip:r3.example;lr>',
      'Max-Forwards: 70',
      'From: <sip:alice@a.example>;tag=a',
      'To: <sip:bob@b.example>;tag=xyz',
      'Call-ID: c1',
      'CSeq: 986759 ACK',
      'Content-Length: 0',
      '',
      '',
    ]);
  });
});
