import { describe, expect, it } from 'vitest';
import { Pacer } from './pacer.ts';

describe('a pacer', () => {
  it('does not drift, however late it is asked', () => {
    const pacer = new Pacer(1_000);
    const asked = [1_000, 1_023, 1_049, 1_061, 1_099.9, 1_100];
    expect(asked.map((now) => pacer.take(now).frames)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(pacer.next).toBe(1_120);
  });

  it('has nothing due ahead of time', () => {
    const pacer = new Pacer(1_000);
    expect(pacer.take(999.9)).toEqual({ frames: 0, skipped: 0 });
  });

  it('makes up for a pause, but not for a long one', () => {
    const pacer = new Pacer(0);
    expect(pacer.take(100)).toEqual({ frames: 6, skipped: 0 });
    expect(pacer.take(10_100)).toEqual({ frames: 25, skipped: 475 });
    expect(pacer.next).toBe(10_120);
  });
});
