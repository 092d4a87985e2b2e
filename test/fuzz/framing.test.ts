import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Assault, assault } from './framing.ts';
import { Random } from './random.ts';

const count = 150;
const all = Array.from({ length: count }, (_, iteration) => assault(Random.of(1, iteration)));
/** The one that nothing is wrong with is the only one that comes more than a few times. */
const right = Object.entries(Object.groupBy(all, ({ handshake }) => handshake)).find(
  ([, same]) => same!.length > count / 10,
)?.[0];

function mark({ pieces, ...rest }: Assault): string {
  return JSON.stringify(rest) + createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
}

it('opens most WebSockets rightly, some wrongly, and sends about half of them in pieces', () => {
  const rightly = all.filter(({ handshake }) => handshake === right).length;
  expect(rightly).toBeGreaterThan(count / 3);
  expect(rightly).toBeLessThan(count);
  const whole = all.filter(({ pieces }) => pieces.length === 1).length;
  expect(whole).toBeGreaterThan(count / 3);
  expect(whole).toBeLessThan((count * 2) / 3);
});

it('does the same again with the same seed', () => {
  for (const iteration of [0, 1, 7, 42])
    expect(mark(assault(Random.of(1, iteration)))).toBe(mark(all[iteration]!));
});
