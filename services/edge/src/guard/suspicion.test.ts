import { describe, expect, it } from 'vitest';
import { points, Suspicion, trustMs } from './suspicion.ts';

const source = 0xc0000201;
const begin = 1_800_000_000_000;

/** Signals until the source is banned, `every` milliseconds; 0 when it never is. */
function untilBan(
  signal: (suspicion: Suspicion, now: number, turn: number) => number,
  every: number,
): number {
  const suspicion = new Suspicion(1, 1024);
  for (let turn = 0; turn < 2_000; turn++) {
    if (signal(suspicion, begin + turn * every, turn) > 0) return turn + 1;
  }
  return 0;
}

describe('a source', () => {
  it('that tries many names is banned after about ten', () => {
    const tries = untilBan((suspicion, now, turn) => suspicion.failed(source, `user ${turn}`, now), 100);
    expect(tries).toBeGreaterThanOrEqual(10);
    expect(tries).toBeLessThan(25);
  });

  it('that tries many passwords for one name is banned after about ninety', () => {
    const tries = untilBan((suspicion, now) => suspicion.failed(source, '1001', now), 10);
    expect(tries).toBeGreaterThan(80);
    expect(tries).toBeLessThan(100);
  });

  it.each([1, 2, 5])(
    'with %d phones that have wrong passwords and try each minute is not banned',
    (phones) => {
      const every = 60_000 / phones;
      expect(
        untilBan((suspicion, now, turn) => suspicion.failed(source, `${turn % phones}`, now), every),
      ).toBe(0);
    },
  );

  it('with one phone that tries every ten seconds is not banned', () => {
    expect(untilBan((suspicion, now) => suspicion.failed(source, '1001', now), 10_000)).toBe(0);
  });

  it('of malformed messages is banned after about fifty', () => {
    const tries = untilBan((suspicion, now) => suspicion.count(source, points.malformed, now), 10);
    expect(tries).toBeGreaterThan(45);
    expect(tries).toBeLessThan(55);
  });

  it('is forgiven when a user there proves itself', () => {
    const forgiven = untilBan((suspicion, now, turn) => {
      if (turn % 8 === 7) suspicion.proven(source, now);
      return suspicion.failed(source, `user ${turn}`, now);
    }, 100);
    expect(forgiven).toBe(0);
  });

  it('is told with the number of signals that there were', () => {
    const suspicion = new Suspicion(1, 1024);
    let count = 0;
    while (count === 0) count = suspicion.count(source, 50, begin);
    expect(count).toBe(2);
    suspicion.forget(source);
    expect(suspicion.count(source, 50, begin)).toBe(0);
  });
});

describe('a stranger', () => {
  function challenges(suspicion: Suspicion, now: number): number {
    let count = 0;
    while (count < 1_000 && suspicion.mayAsk(source, now)) {
      suspicion.challenged(source, now);
      count++;
    }
    return count;
  }

  it('may leave ten challenges unanswered, and ten a minute', () => {
    const suspicion = new Suspicion(1, 1024);
    expect(challenges(suspicion, begin)).toBe(10);
    expect(challenges(suspicion, begin + 6_000)).toBe(1);
    expect(challenges(suspicion, begin + 66_000)).toBe(10);
  });

  it('is none any more for an hour when a user there has proven itself', () => {
    const suspicion = new Suspicion(1, 1024);
    challenges(suspicion, begin);
    suspicion.proven(source, begin);
    expect(suspicion.isProven(source, begin + trustMs - 1)).toBe(true);
    expect(challenges(suspicion, begin + 1)).toBe(1_000);
    expect(suspicion.isProven(source, begin + trustMs)).toBe(false);
  });
});

it('remembers where users are, however many others there were', () => {
  const suspicion = new Suspicion(5, 1024);
  suspicion.proven(source, begin);
  for (let other = 1; other < 100_000; other++) suspicion.failed(other, 'x', begin);
  expect(suspicion.isProven(source, begin + 1)).toBe(true);
});
