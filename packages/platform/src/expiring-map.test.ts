import { beforeEach, describe, expect, it } from 'vitest';
import { ExpiringMap } from './expiring-map.ts';

describe('ExpiringMap', () => {
  let map: ExpiringMap<number>;
  const alive = (now: number): string[] => Array.from(map.alive(now), ([key]) => key);

  beforeEach(() => {
    map = new ExpiringMap();
  });

  it('gives a value until its time', () => {
    map.set('a', 1, 5_500);
    expect([map.get('a', 5_499), map.get('a', 5_500), map.get('b', 0)]).toEqual([1, undefined, undefined]);
  });

  it('gives back the room of what has expired within a second', () => {
    map.set('a', 1, 5_500);
    map.set('b', 2, 7_000);
    const sizes = [5_499, 5_999, 6_000, 7_999, 8_000].map((now) => {
      map.expire(now);
      return map.size;
    });
    expect(sizes).toEqual([2, 2, 1, 1, 0]);
  });

  it('goes by the last time that was set', () => {
    map.set('a', 1, 5_000);
    map.set('a', 2, 9_000);
    map.set('b', 1, 9_000);
    map.set('b', 2, 5_000);
    map.expire(7_000);
    expect(alive(0)).toEqual(['a']);
    expect(map.get('a', 7_000)).toBe(2);
  });

  it('takes leaps of time', () => {
    for (let index = 0; index < 100; index++) map.set(String(index), index, index * 100_000);
    map.expire(1_000);
    map.expire(5_000_000);
    expect(map.size).toBe(50);
  });

  it('takes what has expired before it was set', () => {
    map.expire(100_000);
    map.set('late', 1, 5_000);
    expect(map.get('late', 100_000)).toBeUndefined();
    map.expire(101_000);
    expect(map.size).toBe(0);
  });

  it('never expires what lasts for ever', () => {
    map.set('a', 1, Number.POSITIVE_INFINITY);
    map.expire(Number.MAX_SAFE_INTEGER);
    expect(map.get('a', Number.MAX_SAFE_INTEGER)).toBe(1);
  });

  it('evicts the earliest second and says until when it reaches', () => {
    map.set('b', 1, 7_100);
    map.set('a', 1, 5_100);
    map.set('c', 1, 5_900);
    expect(map.evictEarliest()).toBe(6_000);
    expect(alive(0)).toEqual(['b']);
  });

  it('forgets what was deleted', () => {
    map.set('a', 1, 5_000);
    map.delete('a');
    map.delete('a');
    map.set('a', 2, 9_000);
    map.expire(7_000);
    expect(map.get('a', 7_000)).toBe(2);
  });
});
