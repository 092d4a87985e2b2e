import { Timer, type TimerWheel } from '@tandem/sip';

/** Does something at a time, unless it is cancelled. */
export class Deadline extends Timer {
  readonly #wheel: TimerWheel;
  readonly #passed: (now: number) => void;

  constructor(wheel: TimerWheel, passed: (now: number) => void) {
    super();
    this.#wheel = wheel;
    this.#passed = passed;
  }

  /** Sets it, or moves it. */
  set(at: number): void {
    this.#wheel.arm(this, at);
  }

  cancel(): void {
    this.#wheel.cancel(this);
  }

  fire(now: number): void {
    this.#passed(now);
  }
}
