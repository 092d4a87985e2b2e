import { expect, it } from 'vitest';
import { type Assault, assault } from './framing.ts';
import { Random } from './random.ts';

function some(count: number): Assault[] {
  return Array.from({ length: count }, (_, iteration) => assault(Random.of(1, iteration)));
}

it('opens WebSockets rightly and wrongly, and sends all octets whatever the pieces', () => {
  const [right, wrong] = [some(300), some(300)].map((all, index) =>
    all.filter(({ handshake }) => /^GET \/ HTTP\/1\.1\r\n.*\r\n\r\n$/s.test(handshake) === (index === 0)),
  );
  expect(right!.length).toBeGreaterThan(100);
  expect(wrong!.length).toBeGreaterThan(10);
  const inOne = some(300).filter(({ pieces }) => pieces.length === 1);
  expect(inOne.length).toBeGreaterThan(100);
  expect(inOne.length).toBeLessThan(200);
});

it('does the same again with the same seed', () => {
  expect(some(50)).toEqual(some(50));
});
