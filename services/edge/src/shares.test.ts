import { parseMessage, SipRequest } from '@tandem/sip';
import { beforeEach, expect, it } from 'vitest';
import { Shares } from './shares.ts';

const refusal = { status: 503, reason: '', fault: 'share-exceeded', headers: [] };
let shares: Shares;

beforeEach(() => {
  shares = new Shares();
});

function invite(from: string): SipRequest {
  const message = parseMessage(
    `INVITE sip:2@b.example SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <${from}>;tag=1\r\n` +
      'To: <sip:2@b.example>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n',
  );
  if (message instanceof SipRequest) return message;
  throw new Error('no request');
}

it('refuses the calls of a domain for a moment, once a router has', () => {
  shares.refused(invite('sip:1@A.example'), refusal, 1_000);
  expect(() => shares.check(invite('sip:9@a.example'), 1_099)).toThrow('share-rests: a.example');
  shares.check(invite('sip:9@a.example'), 1_100);
});

it('lets other domains call', () => {
  shares.refused(invite('sip:1@a.example'), refusal, 1_000);
  shares.check(invite('sip:1@b.example'), 1_000);
  shares.check(invite('tel:+34910000001'), 1_000);
});

it('minds no other refusal', () => {
  shares.refused(invite('sip:1@a.example'), { ...refusal, fault: 'store-unavailable' }, 1_000);
  shares.check(invite('sip:1@a.example'), 1_000);
});
