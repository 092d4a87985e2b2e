import { expect, it } from 'vitest';
import { firstConnection } from './connections.ts';

it('the connections of a later life of an edge have higher numbers, for as long as a token can hold them', () => {
  const started = Date.UTC(2030, 0, 1);
  const afterAnHour = firstConnection(started) + 3_600 * 10_000;
  expect(firstConnection(started + 3_600_000)).toBeGreaterThan(afterAnHour);
  expect(firstConnection(started + 1)).toBeGreaterThan(firstConnection(started));
  expect(firstConnection(Date.UTC(2100, 0, 1))).toBeLessThan(2 ** 48);
});
