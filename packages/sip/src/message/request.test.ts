import { expect, it } from 'vitest';
import { sampleRequest } from './sample.ts';

it.each([
  ['70', 70],
  ['0068', 68],
  ['0', 0],
  ['255', 255],
  ['256', undefined],
  ['-1', undefined],
  ['', undefined],
])('Max-Forwards %j is %s', (value, hops) => {
  expect(sampleRequest({ headers: [`Max-Forwards: ${value}`] }).maxForwards).toBe(hops);
});

it('has no Max-Forwards when the header is missing', () => {
  expect(sampleRequest({ without: ['Max-Forwards'] }).maxForwards).toBeUndefined();
});
