import { expect, it } from 'vitest';
import { PerSecond } from './per-second.ts';

it('lets as many through in each second as it may', () => {
  const allowed = new PerSecond(2);
  const moments = [5_000, 5_100, 5_999, 6_000, 6_001, 6_002, 9_000];
  expect(moments.map((now) => allowed.take(now))).toEqual([true, true, false, true, true, false, true]);
});
