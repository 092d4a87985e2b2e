import { parseIpAddress } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { addressKey, prefixKey } from './source-keys.ts';

function keys(text: string): readonly [number, number] {
  const address = parseIpAddress(text)!;
  return [addressKey(address), prefixKey(address)];
}

describe('the keys of a source', () => {
  it.each([
    ['192.0.2.1', '192.0.2.2', false, true],
    ['192.0.2.1', '192.0.3.1', false, false],
    ['192.0.2.1', '::ffff:192.0.2.1', true, true],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', true, true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false, true],
    ['2001:db8:1:2::1', '2001:db8:2:2::1', false, false],
    ['0:0:1:2::', '0:0:2:1::', false, false],
  ])('of %s and %s: the same source %s, the same place %s', (one, other, sameSource, samePlace) => {
    const [a, b] = [keys(one), keys(other)];
    expect([a[0] === b[0], a[1] === b[1]]).toEqual([sameSource, samePlace]);
  });

  it('are exact numbers, and spread', () => {
    const all = Array.from({ length: 10_000 }, (_, index) => keys(`2001:db8:0:${index.toString(16)}::1`)[0]);
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((key) => Number.isSafeInteger(key) && key >= 2 ** 32)).toBe(true);
  });
});
