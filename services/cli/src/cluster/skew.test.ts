import type { Member } from '@tandem/platform';
import { beforeEach, expect, it } from 'vitest';
import { ConfigurationSkew } from './skew.ts';

let skew: ConfigurationSkew;

beforeEach(() => {
  skew = new ConfigurationSkew();
});

function routers(...versions: string[]): Member[] {
  return versions.map((configuration, index) => ({
    tier: 'router',
    id: `router-${index}`,
    startedMs: 1,
    weight: 1,
    release: '1',
    addresses: {},
    state: 'serving',
    load: 0,
    configuration,
  }));
}

it('says nothing while all have the same version', () => {
  expect(skew.look(routers('a', 'a'), 0)).toBeUndefined();
  expect(skew.look(routers('a', 'a'), 60_000)).toBeUndefined();
});

it('names the nodes when their versions differ for more than five seconds, once', () => {
  expect(skew.look(routers('a', 'b'), 0)).toBeUndefined();
  expect(skew.look(routers('a', 'b'), 4_999)).toBeUndefined();
  expect(skew.look(routers('a', 'b'), 5_000)).toEqual([
    { tier: 'router', id: 'router-0', version: 'a' },
    { tier: 'router', id: 'router-1', version: 'b' },
  ]);
  expect(skew.look(routers('a', 'b'), 6_000)).toBeUndefined();
});

it('forgives a change on its way', () => {
  skew.look(routers('a', 'b'), 0);
  skew.look(routers('b', 'b'), 1_000);
  expect(skew.look(routers('b', 'c'), 6_000)).toBeUndefined();
});

it('tells anew when other nodes differ', () => {
  skew.look(routers('a', 'b'), 0);
  skew.look(routers('a', 'b'), 5_000);
  expect(skew.look(routers('a', 'c'), 6_000)).toHaveLength(2);
});

it('minds only nodes that have a configuration', () => {
  skew.look(routers('a', ''), 0);
  expect(skew.look(routers('a', ''), 9_000)).toBeUndefined();
});
