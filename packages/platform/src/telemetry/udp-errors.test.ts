import { expect, it } from 'vitest';
import { parseSnmp, parseSnmp6 } from './udp-errors.ts';

const snmp = `Ip: Forwarding DefaultTTL
Ip: 1 64
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors
Udp: 100 2 7 90 42 0
UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors
UdpLite: 0 0 0 0 1 0
`;

it('reads the errors of IPv4', () => {
  expect(parseSnmp(snmp)).toBe(42);
});

it('reads the errors of IPv6', () => {
  expect(parseSnmp6('Udp6InErrors                    \t9\nUdp6RcvbufErrors                \t5\n')).toBe(5);
});

it('knows nothing where nothing is told', () => {
  expect([parseSnmp(''), parseSnmp('Udp: InDatagrams\nUdp: 1\n'), parseSnmp6('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
