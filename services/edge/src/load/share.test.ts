import { expect, it } from 'vitest';
import { Share } from './share.ts';

it('is that of the last second or two', () => {
  const share = new Share();
  expect(share.of(0)).toBe(1);
  for (let index = 0; index < 4; index++) share.count(index > 0, 0);
  expect([share.of(500), share.of(1_000), share.of(1_999)]).toEqual([0.75, 0.75, 0.75]);
  expect(share.of(2_100)).toBe(1);
});

it('is not that of long ago', () => {
  const share = new Share();
  share.count(false, 0);
  share.count(true, 60_000);
  expect(share.of(60_000)).toBe(1);
});
