import { describe, expect, it } from 'vitest';
import { formatHostPort, hostPort, hostPortRange, listeners } from './address.ts';

describe('hostPort', () => {
  const read: [string, object][] = [
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['[2001:DB8::1]:65535', { host: '2001:db8::1', port: 65_535 }],
    ['Edge-1.example:5060', { host: 'edge-1.example', port: 5060 }],
  ];
  it.each(read)('reads %s', (text, expected) => {
    expect(hostPort.parse(text)).toEqual(expected);
  });

  const refused = [
    '',
    '8080',
    ':8080',
    'host',
    'host:',
    'host:65536',
    'host:-1',
    'host:8o',
    '::1:80',
    '[::1]',
    '[x]:1',
    'a b:1',
    'host:1:2',
  ];
  it.each(refused)('refuses %j', (text) => {
    expect(hostPort.safeParse(text).success).toBe(false);
  });
});

describe('hostPortRange', () => {
  const read: [string, object][] = [
    ['127.0.0.1:20000-29999', { host: '127.0.0.1', from: 20_000, to: 29_999 }],
    ['[::1]:1-1', { host: '::1', from: 1, to: 1 }],
    ['a-b.example:1-65535', { host: 'a-b.example', from: 1, to: 65_535 }],
  ];
  it.each(read)('reads %s', (text, expected) => {
    expect(hostPortRange.parse(text)).toEqual(expected);
  });

  const refused = [
    '',
    '127.0.0.1:20000',
    'a:2-1',
    'a:0-9',
    'a:1-65536',
    'a:1-',
    'a:-1',
    '1-2',
    'a-b:80',
    'a:1-2-3',
    'a:1-b:2',
  ];
  it.each(refused)('refuses %j', (text) => {
    expect(hostPortRange.safeParse(text).success).toBe(false);
  });
});

describe('listeners', () => {
  const sip = listeners(['udp', 'tcp']);

  it('reads a list in its order', () => {
    expect(sip.parse('udp://127.0.0.1:5060, tcp://[::1]:5060')).toEqual([
      { scheme: 'udp', host: '127.0.0.1', port: 5060 },
      { scheme: 'tcp', host: '::1', port: 5060 },
    ]);
  });

  const many = Array.from({ length: 65 }, (_, index) => `udp://127.0.0.1:${index}`).join();
  const refused = [
    '',
    ',',
    'udp://127.0.0.1',
    '127.0.0.1:5060',
    'tls://127.0.0.1:5061',
    'udp://localhost:5060',
    'udp://1.1.1.1:1,udp://1.1.1.1:1',
    'udp://1.1.1.1:1,',
    many,
  ];
  it.each(refused)('refuses %j', (text) => {
    expect(sip.safeParse(text).success).toBe(false);
  });

  it('says what may be spoken', () => {
    expect(sip.safeParse('sctp://1.1.1.1:1').error?.issues[0]?.message).toContain('udp or tcp');
  });
});

describe('formatHostPort', () => {
  it.each(['127.0.0.1:80', '[::1]:80', 'a.example:0'])('writes what was read: %s', (text) => {
    expect(formatHostPort(hostPort.parse(text))).toBe(text);
  });
});
