import { expect, it } from 'vitest';
import { readDuration } from './duration.ts';

it.each([
  ['90', 90],
  ['90s', 90],
  ['15m', 900],
  ['24h', 86_400],
  ['30d', 2_592_000],
  ['', undefined],
  ['h', undefined],
  ['1.5h', undefined],
  ['-1h', undefined],
  ['1w', undefined],
])('reads %j as %s', (text, seconds) => {
  expect(readDuration(text)).toBe(seconds);
});
