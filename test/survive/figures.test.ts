import { expect, it } from 'vitest';
import { p95 } from './figures.ts';

it('finds what 95 of 100 are not above', () => {
  expect(p95(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(95);
  expect(p95([3, 1, 2])).toBe(3);
  expect(p95([])).toBeNaN();
});
