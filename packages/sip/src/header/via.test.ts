import { describe, expect, it } from 'vitest';
import { parseVia, type Via } from './via.ts';

describe('Via (RFC 3261 §20.42)', () => {
  it.each<[string, Omit<Via, 'params'>, [string, string][]]>([
    ['SIP/2.0/UDP a.example', { transport: 'UDP', host: 'a.example' }, []],
    ['SIP/2.0/tcp A.example:5070', { transport: 'TCP', host: 'a.example', port: 5070 }, []],
    [
      'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport',
      { transport: 'UDP', host: '192.0.2.1' },
      [
        ['branch', 'z9hG4bK1'],
        ['rport', ''],
      ],
    ],
    ['SIP  /   2.0 /UDP    192.0.2.2;branch=x', { transport: 'UDP', host: '192.0.2.2' }, [['branch', 'x']]],
    [
      'sip/2.0/TLS a.example : 5061 ; ttl = 3',
      { transport: 'TLS', host: 'a.example', port: 5061 },
      [['ttl', '3']],
    ],
    ['SIP/2.0/WSS df7jal23ls0d.invalid', { transport: 'WSS', host: 'df7jal23ls0d.invalid' }, []],
    ['SIP/2.0/UNKNOWN a.example', { transport: 'UNKNOWN', host: 'a.example' }, []],
    ['SIP/7.0/UDP a.example', { transport: 'UDP', host: 'a.example' }, []],
    [
      'SIP/2.0/UDP [2001:DB8::1]:5060;received=2001:db8::2',
      { transport: 'UDP', host: '[2001:db8::1]', port: 5060 },
      [['received', '2001:db8::2']],
    ],
    ['SIP/2.0/UDP [2001:db8::1] :5060', { transport: 'UDP', host: '[2001:db8::1]', port: 5060 }, []],
    [
      "SIP/2.0/TCP a.example;branch=z9hG4bK-.!%66*_+`'~",
      { transport: 'TCP', host: 'a.example' },
      [['branch', "z9hG4bK-.!%66*_+`'~"]],
    ],
    ['SIP/2.0/UDP a.example;x="b, c;d"', { transport: 'UDP', host: 'a.example' }, [['x', 'b, c;d']]],
  ])('%s', (text, { transport, host, port }, params) => {
    const via = parseVia(text);
    expect(via).toEqual({ transport, host, ...(port !== undefined && { port }), params: new Map(params) });
  });

  it.each([
    '',
    'SIP/2.0',
    'SIP/2.0/',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ',
    'SIP/2.0/UDPa.example',
    'SIP/2.0 UDP a.example',
    'SIP//UDP a.example',
    '/2.0/UDP a.example',
    'SIP/2.0/U:P a.example',
    'SIP/2.0/UDP ;branch=x',
    'SIP/2.0/UDP a.example:',
    'SIP/2.0/UDP a.example:65536',
    'SIP/2.0/UDP a.example:50 60',
    'SIP/2.0/UDP a b',
    'SIP/2.0/UDP a@b.example',
    'SIP/2.0/UDP 2001:db8::1',
    'SIP/2.0/UDP [2001:db8::1',
    'SIP/2.0/UDP [2001:db8::1]5060',
    'SIP/2.0/UDP 192.0.2.15;;,;,,',
    'SIP/2.0/UDP a.example,b.example',
  ])('is broken: %j', (text) => {
    expect(parseVia(text)).toBeUndefined();
  });
});
