import { describe, expect, it } from 'vitest';
import { parseMessage } from '../message/parse.ts';
import { SipRequest } from '../message/request.ts';
import { replyPort, stampVia } from './stamp-via.ts';

function from(via: string): SipRequest {
  const message = parseMessage(`OPTIONS sip:x SIP/2.0\r\nVia: ${via}\r\n\r\n`);
  if (!(message instanceof SipRequest)) throw message;
  return message;
}

describe('the topmost Via of a request from 192.0.2.4:5062', () => {
  const rows: [name: string, via: string, stamped: string | undefined, port: number][] = [
    ['that says so', 'SIP/2.0/UDP 192.0.2.4:5070;branch=z9', undefined, 5070],
    ['that says so without port', 'SIP/2.0/UDP 192.0.2.4;branch=z9', undefined, 5060],
    [
      'with a name',
      'SIP/2.0/UDP a.example;branch=z9',
      'SIP/2.0/UDP a.example;branch=z9;received=192.0.2.4',
      5060,
    ],
    [
      'that asks for its port',
      'SIP/2.0/UDP 192.0.2.4:5070;rport;branch=z9',
      'SIP/2.0/UDP 192.0.2.4:5070;branch=z9;received=192.0.2.4;rport=5062',
      5062,
    ],
    [
      'that claims another address',
      'SIP/2.0/UDP 10.0.0.4;received=203.0.113.1;branch=z9; rport = 9',
      'SIP/2.0/UDP 10.0.0.4;branch=z9;received=192.0.2.4;rport=5062',
      5062,
    ],
    [
      'that claims an address without need',
      'SIP/2.0/UDP 192.0.2.4;received=203.0.113.1;branch=z9',
      'SIP/2.0/UDP 192.0.2.4;branch=z9',
      5060,
    ],
    [
      'with what looks like it in quotes',
      'SIP/2.0/UDP a.example;x="y;rport=1;\\";received=z";branch=z9;rport',
      'SIP/2.0/UDP a.example;x="y;rport=1;\\";received=z";branch=z9;received=192.0.2.4;rport=5062',
      5062,
    ],
    [
      'with others behind it',
      'SIP/2.0/UDP a.example;branch=z9, SIP/2.0/UDP b',
      'SIP/2.0/UDP a.example;branch=z9;received=192.0.2.4',
      5060,
    ],
  ];

  it.each(rows)('%s', (_name, via, stamped, port) => {
    expect(stampVia(from(via), '192.0.2.4', 5062)).toBe(stamped);
    expect(replyPort(from(via), 5062)).toBe(port);
  });

  it('compares IPv6 with its brackets', () => {
    expect(stampVia(from('SIP/2.0/UDP [2001:db8::4]:5060;branch=z9'), '2001:db8::4', 5060)).toBeUndefined();
  });
});
