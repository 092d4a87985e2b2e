import { describe, expect, it } from 'vitest';
import { type ContactHealth, isAlive, newHealth, probed, probePatience } from './health.ts';

const spec = { interval: 10, failures: 2, successes: 2 };

function after(health: ContactHealth, ...alive: readonly boolean[]): ContactHealth {
  return alive.reduce((last, each) => {
    const result = { at: last.dueAt, isAlive: each, latency: 5, said: each ? '200 OK' : 'no answer' };
    return probed(last, result, spec);
  }, health);
}

describe('the health of a contact', () => {
  const fresh = newHealth('sip:a', 0);

  it.each([
    ['one answer', [true], 'up'],
    ['one silence', [false], 'unknown'],
    ['two silences', [false, false], 'down'],
    ['a silence between answers', [true, false, true, false], 'up'],
    ['one answer after it was down', [true, false, false, true], 'down'],
    ['two answers after it was down', [true, false, false, true, true], 'up'],
  ] as const)('after %s', (_, alive, state) => {
    expect(after(fresh, ...alive).state).toBe(state);
  });

  it('is asked again at once while it is in doubt, so that two intervals are enough to know (TR-26)', () => {
    const up = after(fresh, true);
    const doubtful = after(up, false);
    expect(doubtful.dueAt).toBe(up.dueAt);
    expect(after(doubtful, false).dueAt).toBe(up.dueAt + 10_000);
    expect(2 * probePatience(spec) + 10_000).toBeLessThanOrEqual(20_000);
  });

  it('is good with any answer but 503', () => {
    expect([isAlive(200, 'OK'), isAlive(404, 'Not Found'), isAlive(401, 'Unauthorized')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([isAlive(503, 'Busy'), isAlive(408, ''), isAlive(503, '')]).toEqual([false, false, false]);
  });
});
