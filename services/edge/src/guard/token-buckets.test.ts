import { expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

const now = 1_800_000_000_000;

function taken(buckets: TokenBuckets, key: number, at: number, times: number): number {
  return Array.from({ length: times }, () => buckets.take(key, at)).filter(Boolean).length;
}

it('gives a burst, then as much as flows in', () => {
  const buckets = new TokenBuckets(1024, { perSecond: 10, burst: 50 }, 1);
  expect(taken(buckets, 7, now, 100)).toBe(50);
  expect(taken(buckets, 7, now + 1_000, 100)).toBe(10);
  expect(taken(buckets, 7, now + 1_100, 100)).toBe(1);
  expect(taken(buckets, 7, now + 3_600_000, 100)).toBe(50);
});

it('gives each key its own', () => {
  const buckets = new TokenBuckets(1024, { perSecond: 1, burst: 2 }, 1);
  for (const key of [1, 2, 2 ** 32 - 1, 2 ** 40]) expect(taken(buckets, key, now, 5)).toBe(2);
});

it('keeps who is over its rate when many others come once', () => {
  const buckets = new TokenBuckets(4096, { perSecond: 1, burst: 100 }, 99);
  taken(buckets, 7, now, 100);
  let refused = 0;
  for (let key = 1_000; key < 101_000; key++) {
    buckets.take(key, now);
    if (!buckets.take(7, now)) refused++;
  }
  expect(refused).toBe(100_000);
});

it('goes on when a clock goes back', () => {
  const buckets = new TokenBuckets(1024, { perSecond: 10, burst: 10 }, 1);
  expect(taken(buckets, 7, now, 5)).toBe(5);
  expect(taken(buckets, 7, now - 100, 1)).toBe(1);
});
