import { describe, expect, it } from 'vitest';
import { addressFor, parseNamedAddresses, sharedName } from './named-address.ts';
import type { Listener } from './socket/listener.ts';

type Spoken = Pick<Listener, 'transport' | 'host' | 'port'>;

const udp: Spoken = { transport: 'udp', host: '0.0.0.0', port: 5060 };
const udp6: Spoken = { transport: 'udp', host: '::', port: 5060 };
const tls: Spoken = { transport: 'tls', host: '192.0.2.1', port: 5061 };
const otherTls: Spoken = { ...tls, port: 5071 };
const ws: Spoken = { transport: 'ws', host: '192.0.2.1', port: 8088 };

describe('a named address', () => {
  it.each([
    ['203.0.113.5', udp, { host: '203.0.113.5', port: undefined }],
    ['203.0.113.5:5080', udp, { host: '203.0.113.5', port: 5080 }],
    ['203.0.113.5:5080', tls, { host: '203.0.113.5', port: undefined }],
    ['203.0.113.5', udp6, undefined],
    ['203.0.113.5, [2001:db8::5]:5080', udp6, { host: '2001:db8::5', port: 5080 }],
    ['sip.example', udp6, { host: 'sip.example', port: undefined }],
    ['sip.example,2001:db8::5', udp, { host: 'sip.example', port: undefined }],
    ['sip.example,[2001:db8::5]', udp, { host: 'sip.example', port: undefined }],
    ['sip.example,[2001:db8::5]', udp6, { host: '2001:db8::5', port: undefined }],
  ])('%s leads to %j as %j', (text, listener, expected) => {
    const named = parseNamedAddresses(text) ?? [];
    expect(addressFor(named, listener)).toEqual(expected);
  });

  it.each([
    ['sip.example', udp, 'sip.example'],
    ['sip.example', tls, 'sip.example'],
    ['sip.example', otherTls, 'sip.example:5071'],
    ['sip.example:5080', udp, 'sip.example:5080'],
    ['sip.example:5080', tls, 'sip.example'],
    ['sip.example', ws, 'sip.example:8088'],
    ['[2001:db8::5]', udp6, '[2001:db8::5]'],
    ['192.0.2.9', udp6, undefined],
  ])('%s stands in the Record-Route of %j as %s', (text, listener, expected) => {
    expect(sharedName(parseNamedAddresses(text)!, listener)).toBe(expected);
  });

  it.each(['', 'a,', ':5060', 'a b', Array.from({ length: 9 }, (_, i) => `h${i}`).join(',')])(
    'is not %j',
    (text) => {
      expect(parseNamedAddresses(text)).toBeUndefined();
    },
  );
});
