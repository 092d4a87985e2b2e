import { describe, expect, it } from 'vitest';
import { plainAddress, sourceOf } from './source.ts';

describe('the source that connections are counted for', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ])('of %s is %s', (host, source) => {
    expect(sourceOf(host)).toBe(source);
  });

  it('is the IPv4 address of a peer that an IPv6 socket has', () => {
    expect(plainAddress('::ffff:192.0.2.4')).toBe('192.0.2.4');
    expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
  });
});
