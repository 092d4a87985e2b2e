/** Something that will be due. What it is about are the fields of the class that extends it. */
export abstract class Timer {
  /** The tick at which it fires. This and the fields below are the wheel's. */
  due = 0;
  level = 0;
  next: Timer = this;
  previous: Timer = this;

  /** Called by the wheel at `now` in ms, once for each arming. The timer may be armed again in it. */
  abstract fire(now: number): void;

  get armed(): boolean {
    return this.next !== this;
  }
}
