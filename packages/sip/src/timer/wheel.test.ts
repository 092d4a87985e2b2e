import { describe, expect, it } from 'vitest';
import { Timer } from './timer.ts';
import { TimerWheel, tickMs } from './wheel.ts';

class Probe extends Timer {
  readonly #act: (now: number) => void;

  constructor(act: (now: number) => void) {
    super();
    this.#act = act;
  }

  fire(now: number): void {
    this.#act(now);
  }
}

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;

/** Advances in steps of `step` until the timer fires; answers when that was. */
function firedAt(wheel: TimerWheel, timer: (fire: () => void) => void, start: number, step: number): number {
  let fired = false;
  timer(() => {
    fired = true;
  });
  let now = start;
  while (!fired) {
    now += step;
    wheel.advance(now);
  }
  return now;
}

describe('TimerWheel', () => {
  it.each([
    ['no time', 0],
    ['less than a tick', 1],
    ['a tick', 10],
    ['T1', 500],
    ['the end of the first level', 2_560],
    ['just over the first level', 2_561],
    ['64*T1', 32_000],
    ['three minutes', 180_000],
    ['just over the second level', 655_370],
    ['a day', day],
  ])('fires within a tick after %s, and never early', (_, after) => {
    const start = 1_234_567;
    const step = after > hour ? 7 : 1;
    const wheel = new TimerWheel(start);
    const arm = (fire: () => void) => wheel.arm(new Probe(fire), start + after);
    const late = firedAt(wheel, arm, start, step) - (start + after);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(tickMs + step);
  });

  it('keeps a deadline that is beyond all of its levels', () => {
    const wheel = new TimerWheel(0);
    const arm = (fire: () => void) => wheel.arm(new Probe(fire), 1_000 * day);
    expect(firedAt(wheel, arm, 0, hour)).toBe(1_000 * day);
  });

  it('measures from its own tick even if it was armed long after the last advance', () => {
    const wheel = new TimerWheel(0);
    const fired: number[] = [];
    wheel.arm(new Probe((now) => fired.push(now)), hour + 500);
    wheel.advance(hour + 490);
    expect(fired).toEqual([]);
    wheel.advance(hour + 500);
    expect(fired).toEqual([hour + 500]);
  });

  it('fires in order of ticks, and in order of arming within one', () => {
    const wheel = new TimerWheel(0);
    const order: string[] = [];
    for (const [name, deadline] of [
      ['e', 40_000],
      ['c', 505],
      ['d', 506],
      ['a', 20],
      ['b', 500],
    ] as const) {
      wheel.arm(new Probe(() => order.push(name)), deadline);
    }
    wheel.advance(hour);
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('forgets a cancelled timer, and cancelling again does nothing', () => {
    const wheel = new TimerWheel(0);
    const fired: string[] = [];
    const gone = new Probe(() => fired.push('gone'));
    wheel.arm(gone, 500);
    wheel.arm(new Probe(() => fired.push('kept')), 500);
    wheel.cancel(gone);
    wheel.cancel(gone);
    expect(gone.armed).toBe(false);
    wheel.advance(second);
    expect(fired).toEqual(['kept']);
    expect(wheel.size).toBe(0);
  });

  it('moves a timer that is armed again', () => {
    const wheel = new TimerWheel(0);
    const fired: number[] = [];
    const timer = new Probe((now) => fired.push(now));
    wheel.arm(timer, 32_000);
    wheel.arm(timer, 500);
    expect(wheel.size).toBe(1);
    for (let now = 0; now <= 40_000; now += tickMs) wheel.advance(now);
    expect(fired).toEqual([500]);
  });

  it('lets a timer arm and cancel others, itself included, while it fires', () => {
    const wheel = new TimerWheel(0);
    const fired: string[] = [];
    const victim = new Probe(() => fired.push('victim'));
    const repeated: Probe = new Probe((now) => {
      fired.push(`at ${now}`);
      wheel.cancel(victim);
      if (now < 40) wheel.arm(repeated, now + 10);
    });
    wheel.arm(repeated, 20);
    wheel.arm(victim, 20);
    for (let now = 0; now <= 100; now += tickMs) wheel.advance(now);
    expect(fired).toEqual(['at 20', 'at 30', 'at 40']);
  });

  it('fires once each, in order, when the clock leaps over days', () => {
    const wheel = new TimerWheel(0);
    const fired: number[] = [];
    for (const deadline of [10, 500, 32_000, hour, 3 * day]) {
      const timer: Probe = new Probe((now) => {
        fired.push(deadline);
        if (fired.length === 2) wheel.arm(timer, now + 1_000);
      });
      wheel.arm(timer, deadline);
    }
    wheel.advance(2 * day);
    expect(fired).toEqual([10, 500, 32_000, hour]);
    wheel.advance(2 * day + 1_000);
    wheel.advance(3 * day);
    expect(fired).toEqual([10, 500, 32_000, hour, 500, 3 * day]);
  });

  it('fires the rest at the next advance when a timer throws', () => {
    const wheel = new TimerWheel(0);
    const fired: string[] = [];
    wheel.arm(
      new Probe(() => {
        throw new Error('broken');
      }),
      500,
    );
    wheel.arm(new Probe(() => fired.push('behind')), 500);
    expect(() => wheel.advance(600)).toThrow('broken');
    wheel.advance(600);
    expect(fired).toEqual(['behind']);
    expect(wheel.size).toBe(0);
  });

  it('ignores a clock that goes back', () => {
    const wheel = new TimerWheel(0);
    const fired: number[] = [];
    wheel.advance(second);
    wheel.arm(new Probe((now) => fired.push(now)), 1_500);
    wheel.advance(200);
    expect(fired).toEqual([]);
    wheel.advance(1_500);
    expect(fired).toEqual([1_500]);
  });

  it('agrees with a sorted list over random arming, cancelling and leaping', () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed % below;
    };
    const wheel = new TimerWheel(0);
    const expected = new Map<Probe, number>();
    let now = 0;
    for (let round = 0; round < 20_000; round++) {
      const deadline = now + random([100, 5_000, 200_000, 100_000_000][random(4)]!);
      const timer: Probe = new Probe((at) => {
        const due = expected.get(timer)!;
        expect(at).toBeGreaterThanOrEqual(due);
        expected.delete(timer);
      });
      expected.set(timer, deadline);
      wheel.arm(timer, deadline);
      if (random(4) === 0) {
        wheel.cancel(timer);
        expected.delete(timer);
      }
      now += random([10, 10, 1_000, 1_000_000][random(4)]!);
      wheel.advance(now);
    }
    const overdue = [...expected.values()].filter((deadline) => deadline + tickMs <= now);
    expect(overdue).toEqual([]);
    expect(wheel.size).toBe(expected.size);
  });
});
