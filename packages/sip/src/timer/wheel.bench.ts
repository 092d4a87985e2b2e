import { it } from 'vitest';
import { Timer } from './timer.ts';
import { TimerWheel, tickMs } from './wheel.ts';

class Idle extends Timer {
  fire(): void {}
}

/** Timers that wait all the while, as of the transactions that have finished at 3,000 a second. */
const standing = 100_000;

const wheel = new TimerWheel(0);
for (let i = 0; i < standing; i++) wheel.arm(new Idle(), 1_000_000_000_000 + i);

const timer = new Idle();
const batch = Array.from({ length: 1_000 }, () => new Idle());
let now = 0;

function advance(duration: number): void {
  for (const end = now + duration; now < end; now += tickMs) wheel.advance(now);
}

it(`a wheel with ${standing} armed timers`, async ({ bench }) => {
  await bench.compare(
    bench('arm and cancel', () => {
      wheel.arm(timer, now + 500);
      wheel.cancel(timer);
    }),
    bench('arm 1,000 for 32 s and advance over them by ticks', () => {
      for (const each of batch) wheel.arm(each, now + 32_000);
      advance(32_010);
    }),
    bench('leap over an hour', () => {
      wheel.arm(timer, now + 1_800_000);
      now += 3_600_000;
      wheel.advance(now);
    }),
  );
});
