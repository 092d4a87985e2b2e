import { describe, expect, it } from 'vitest';
import { ShardedMap } from './sharded-map.ts';

describe('ShardedMap', () => {
  it('keeps values by key, whatever the key', () => {
    const map = new ShardedMap<number>();
    const keys = [
      '',
      'a',
      'z9hG4bK',
      '__proto__',
      '\xff'.repeat(100),
      `${'x'.repeat(99)}y`,
      `${'x'.repeat(99)}z`,
    ];
    for (const [index, key] of keys.entries()) map.set(key, index);
    expect(keys.map((key) => map.get(key))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const key of keys.slice(1)) map.delete(key);
    expect(keys.map((key) => map.get(key))).toEqual([0, ...Array(6).fill(undefined)]);
  });
});
