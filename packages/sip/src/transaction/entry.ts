import { Timer } from '../timer/timer.ts';
import type { TimerName } from './timers.ts';

/** What a table keeps of a transaction. It is itself the timer that ends the transaction, or its rest. */
export abstract class Entry<F, M> extends Timer {
  readonly flow: F;
  readonly machine: M;
  /** Which timer of the RFC it is now. */
  timer: TimerName = 'B';
  /** The timer that sends again; missing until it is first armed, and after the transaction has finished. */
  resend: ResendTimer | undefined = undefined;
  /** All is said, and only retransmissions can come. */
  finished = false;

  constructor(flow: F, machine: M) {
    super();
    this.flow = flow;
    this.machine = machine;
  }

  abstract fired(timer: TimerName, now: number): void;

  /** Lets go of all that a finished transaction does not need. */
  abstract shrink(): void;

  fire(now: number): void {
    this.fired(this.timer, now);
  }
}

export class ResendTimer extends Timer {
  readonly entry: Pick<Entry<unknown, unknown>, 'fired'>;
  timer: TimerName;

  constructor(entry: Pick<Entry<unknown, unknown>, 'fired'>, timer: TimerName) {
    super();
    this.entry = entry;
    this.timer = timer;
  }

  fire(now: number): void {
    this.entry.fired(this.timer, now);
  }
}
