import { describe, expect, it } from 'vitest';
import { formatAddressBlock, maskAddress, parseAddressBlock, parseIpAddress } from './address-block.ts';
import { BlockMap } from './block-map.ts';

describe('parseIpAddress', () => {
  it.each([
    ['0.0.0.0', 0],
    ['192.0.2.255', 0xc00002ff],
    ['255.255.255.255', 0xffffffff],
    ['::ffff:192.0.2.1', 0xc0000201],
    ['::FFFF:c000:201', 0xc0000201],
    ['::', 0n],
    ['::1', 1n],
    ['2001:db8::1', 0x20010db8000000000000000000000001n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    ['1::8', 0x00010000000000000000000000000008n],
    ['64:ff9b::192.0.2.1', 0x0064ff9b0000000000000000c0000201n],
  ])('takes %s', (text, value) => {
    expect(parseIpAddress(text)).toBe(value);
  });

  it.each([
    ...['', '.', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', '-1.2.3.4', 'localhost'],
    ...[':', ':::', '::1::', '1::2::3', '12345::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1%lo', '[::1]'],
    ...['1:2:3:4:5:6:7::8', '::1.2.3', '::1.2.3.4:5', '1.2.3.4::', 'g::', `::${'0'.repeat(60)}`],
  ])('refuses %j', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });
});

describe('parseAddressBlock', () => {
  it.each([
    ['192.0.2.4', '192.0.2.4'],
    ['192.0.2.4/32', '192.0.2.4'],
    ['192.0.2.4/24', '192.0.2.0/24'],
    ['192.0.2.4/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:1::1/64', '2001:db8::/64'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::/0', '::/0'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:192.0.2.9/25', '192.0.2.0/25'],
  ])('reads %s as %s', (text, canonical) => {
    const block = parseAddressBlock(text)!;
    expect(formatAddressBlock(block)).toBe(canonical);
    expect(parseAddressBlock(canonical)).toEqual(block);
  });

  it.each(['192.0.2.4/33', '192.0.2.4/', '192.0.2.4/-1', '192.0.2.4/1e1', '::/129', '/24', '::/1/2'])(
    'refuses %j',
    (text) => {
      expect(parseAddressBlock(text)).toBeUndefined();
    },
  );
});

it('masks both families', () => {
  expect(maskAddress(0xc00002ff, 24)).toBe(0xc0000200);
  expect(maskAddress(0xffffffff, 1)).toBe(0x80000000);
  expect(maskAddress(0xffn, 124)).toBe(0xf0n);
});

describe('a map of blocks', () => {
  const filled = new BlockMap<string>();
  for (const text of ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '2001:db8::/32', '::1']) {
    filled.set(parseAddressBlock(text)!, text);
  }

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.4', '10.1.0.0/16'],
    ['10.200.0.1', '10.0.0.0/8'],
    ['11.0.0.1', undefined],
    ['2001:db8:ffff::1', '2001:db8::/32'],
    ['::1', '::1'],
    ['::2', undefined],
    // As numbers they would be the same.
    ['::10.1.2.3', undefined],
  ])('finds the narrowest that has %s', (address, found) => {
    expect(filled.find(parseIpAddress(address)!)).toBe(found);
  });

  it('forgets', () => {
    const block = parseAddressBlock('192.0.2.0/24')!;
    const map = new BlockMap<number>();
    map.set(block, 1);
    map.set(block, 2);
    expect([map.size, map.get(block), map.find(0xc0000201)]).toEqual([1, 2, 2]);
    map.delete(block);
    map.delete(block);
    expect([map.size, map.get(block), map.find(0xc0000201)]).toEqual([0, undefined, undefined]);
  });
});
