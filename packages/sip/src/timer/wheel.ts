import { Timer } from './timer.ts';

/** Milliseconds of a tick: a timer fires up to this much late and never early. */
export const tickMs = 10;

const slots = 256;
/** Ticks that one slot of each level spans. */
const spans = [1, slots, slots ** 2, slots ** 3];
/** Ticks that all levels reach; what is due later waits in the last slot and is placed again from there. */
const reach = slots ** 4;

class Head extends Timer {
  fire(): void {}
}

/**
 * A hierarchical timer wheel: to arm and to cancel cost O(1) and allocate nothing. An error thrown by a timer
 * passes through `advance`; the timers behind it fire at the next one.
 */
export class TimerWheel {
  readonly #origin: number;
  readonly #heads: Timer[] = Array.from({ length: slots * spans.length }, () => new Head());
  /** How many timers wait in each level. */
  readonly #waiting: number[] = spans.map(() => 0);
  /** The last tick whose timers have been fired. */
  #tick = 0;

  /** `now` in ms, of the clock that `advance` will follow. */
  constructor(now: number) {
    this.#origin = now;
  }

  /** How many timers are armed. */
  get size(): number {
    return this.#waiting.reduce((sum, count) => sum + count, 0);
  }

  /** Lets the timer fire at `deadline` in ms, at the next tick if that is past. An armed timer is moved. */
  arm(timer: Timer, deadline: number): void {
    this.cancel(timer);
    timer.due = Math.max(Math.ceil((deadline - this.#origin) / tickMs), this.#tick + 1);
    this.#place(timer);
  }

  /** A timer that is not armed is left alone. */
  cancel(timer: Timer): void {
    if (timer.armed) this.#remove(timer);
  }

  /** Fires what is due at `now`, in order of ticks. */
  advance(now: number): void {
    const last = Math.floor((now - this.#origin) / tickMs);
    this.#fireTick(now);
    while (this.#tick < last) {
      this.#tick = this.#nextTick(last);
      this.#cascade();
      this.#fireTick(now);
    }
  }

  /** Leaps over the ticks at which nothing happens: `now` may be hours ahead after the host was suspended. */
  #nextTick(last: number): number {
    const level = this.#waiting.findIndex((count) => count > 0);
    if (level < 0) return last;
    const span = spans[level]!;
    return Math.min(last, (Math.floor(this.#tick / span) + 1) * span);
  }

  /** When a level has come full circle, the next slot of the level above is spread over it. */
  #cascade(): void {
    for (let level = 1; level < spans.length && this.#tick % spans[level]! === 0; level++) {
      const head = this.#headAt(this.#tick, level);
      while (head.armed) {
        const timer = head.next;
        this.#remove(timer);
        this.#place(timer);
      }
    }
  }

  #fireTick(now: number): void {
    const head = this.#headAt(this.#tick, 0);
    while (head.armed) {
      const timer = head.next;
      this.#remove(timer);
      timer.fire(now);
    }
  }

  #place(timer: Timer): void {
    const distance = Math.min(timer.due - this.#tick, reach - 1);
    let level = 0;
    while (distance >= slots * spans[level]!) level++;
    const head = this.#headAt(this.#tick + distance, level);
    timer.level = level;
    timer.next = head;
    timer.previous = head.previous;
    head.previous.next = timer;
    head.previous = timer;
    this.#waiting[level]!++;
  }

  #remove(timer: Timer): void {
    timer.previous.next = timer.next;
    timer.next.previous = timer.previous;
    timer.next = timer;
    timer.previous = timer;
    this.#waiting[timer.level]!--;
  }

  #headAt(tick: number, level: number): Timer {
    const slot = (tick >>> (8 * level)) & (slots - 1);
    return this.#heads[level * slots + slot]!;
  }
}
