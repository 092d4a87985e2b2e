import { describe, expect, it } from 'vitest';
import { isWithin, NetworkIndex, networkSchema } from './network.ts';

const networks = (...texts: string[]) => texts.map((text) => networkSchema.parse(text));

describe('a network', () => {
  it.each([
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.9', '203.0.113.9', true],
    ['203.0.113.9', '203.0.113.8', false],
    ['203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::1', '2001:0db8:0:0:0:0:0:1', true],
    ['2001:db8::1', '2001:db8::2', false],
    ['203.0.113.0/24', 'no address', false],
  ])('%s has %s: %s', (network, address, expected) => {
    expect(isWithin(networks(network), address)).toBe(expected);
  });

  it('is found smallest first', () => {
    const index = new NetworkIndex<string>();
    for (const network of networks('203.0.113.0/24', '203.0.113.9', '203.0.0.0/16'))
      index.add(network, network.text);
    expect([...index.find('203.0.113.9')].flat()).toEqual(['203.0.113.9', '203.0.113.0/24', '203.0.0.0/16']);
    expect([...index.find('192.0.2.1')]).toEqual([]);
  });
});
