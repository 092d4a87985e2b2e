import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';

describe('parseAddress', () => {
  it.each([
    ['0.0.0.0', 0],
    ['127.0.0.1', 0x7f000001],
    ['192.0.2.255', 0xc00002ff],
    ['255.255.255.255', 0xffffffff],
    ['::ffff:192.0.2.1', 0xc0000201],
    ['::FFFF:c000:201', 0xc0000201],
  ])('takes %s for %d', (text, number) => {
    expect(parseAddress(text)).toBe(number);
  });

  it.each([
    '',
    '.',
    '1.2.3',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '00.2.3.4',
    '1.2.3.4 ',
    '-1.2.3.4',
    '1e1.2.3.4',
    '４.2.3.4',
    'localhost',
    'example.com',
    ':::',
    '[::1]',
    '1::2::3',
    '12345::',
    '__proto__',
    '4294967295',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('gives the spellings of one IPv6 address one number above every IPv4', () => {
    const number = parseAddress('2001:db8::1')!;
    expect(number).toBeGreaterThanOrEqual(2 ** 32);
    expect(parseAddress('2001:DB8:0:0:0:0:0:1')).toBe(number);
    expect(parseAddress('2001:db8::2')).not.toBe(number);
  });

  it('tells link-local addresses apart by zone', () => {
    expect(parseAddress('fe80::1%a')).not.toBe(parseAddress('fe80::1%b'));
  });
});

describe('formatAddress', () => {
  it.each(['0.0.0.0', '127.0.0.1', '255.255.255.255', '10.16.0.1', '::', '::1', '2001:db8::1', 'fe80::1%lo'])(
    'gives %s back',
    (text) => {
      expect(formatAddress(parseAddress(text)!)).toBe(text);
      expect(formatAddress(parseAddress(text)!)).toBe(text);
    },
  );

  it('tells addresses apart that share a line of its cache', () => {
    const texts = Array.from({ length: 10_000 }, (_, index) => `10.${index >> 8}.${index & 255}.7`);
    for (const text of [...texts, ...texts]) expect(formatAddress(parseAddress(text)!)).toBe(text);
  });

  it.each([2 ** 33, -1, Number.NaN])('names nobody for %d, which was never given', (address) => {
    expect(parseAddress(formatAddress(address))).toBeUndefined();
  });
});
