import { timers } from '@tandem/sip';
import { Alarm } from './alarm.ts';
import type { EdgeParts } from './parts.ts';

/** How long a group of phones may ring: what its user has set, or timer C. */
export class RingTime {
  readonly #parts: Pick<EdgeParts, 'layer' | 'now'>;
  readonly #over: (group: number) => void;
  #alarm: Alarm | undefined;
  #group = 0;
  #isTimerC = false;

  constructor(parts: Pick<EdgeParts, 'layer' | 'now'>, over: (group: number) => void) {
    this.#parts = parts;
    this.#over = over;
  }

  /** In seconds. */
  start(group: number, seconds: number | undefined): void {
    this.stop();
    this.#group = group;
    this.#isTimerC = seconds === undefined;
    this.#arm(seconds === undefined ? timers.C.unreliable : seconds * 1000);
  }

  /** RFC 3261 §16.7 step 2: timer C begins anew with each sign of a phone, which a time to ring does not. */
  heard(): void {
    if (!this.#alarm || !this.#isTimerC) return;
    this.stop();
    this.#arm(timers.C.unreliable);
  }

  stop(): void {
    if (this.#alarm) this.#parts.layer.wheel.cancel(this.#alarm);
    this.#alarm = undefined;
  }

  #arm(ms: number): void {
    this.#alarm = new Alarm(() => this.#over(this.#group));
    this.#parts.layer.wheel.arm(this.#alarm, this.#parts.now() + ms);
  }
}
