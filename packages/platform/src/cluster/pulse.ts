/** How often {@link Pulse.tick} is to be called, in milliseconds. */
export const tickMs = 50;

/** A loop that is so much later has not listened to anybody meanwhile. */
const lateMs = 200;
/** A bus that has not brought back a message of ours for so long is down. */
const deafMs = 500;
/** After the bus was down, others have so long to find it again as well. */
const graceMs = 2_000;

/**
 * Whether this process can judge others by their silence: it hears itself over the bus, and its own loop is in time.
 * Times are in milliseconds, of a clock that never jumps.
 */
export class Pulse {
  #lastTick: number;
  #isLate = false;
  #lastEcho = Number.NEGATIVE_INFINITY;
  /** From when on silence counts; infinite while nothing does. */
  #wellSince = Number.POSITIVE_INFINITY;
  #hasBeenWell = false;

  constructor(now: number) {
    this.#lastTick = now;
  }

  /** Whether nobody can be judged. */
  get blind(): boolean {
    return this.#wellSince === Number.POSITIVE_INFINITY;
  }

  /** Whether this process has just gone on after it had stood still: others may have given it up. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Returns whether it has just become blind. */
  tick(now: number): boolean {
    const isLate = now - this.#lastTick > tickMs + lateMs;
    this.#isLate = isLate;
    this.#lastTick = now;
    if (this.blind) return false;
    if (isLate) this.#wellSince = Math.max(this.#wellSince, now);
    // A loop that was stopped has not heard its own messages either.
    if (isLate || now - this.#lastEcho <= deafMs) return false;
    this.#wellSince = Number.POSITIVE_INFINITY;
    return true;
  }

  /** The bus says itself that it is down. */
  deaf(): void {
    this.#wellSince = Number.POSITIVE_INFINITY;
  }

  /** The bus has brought back a message of ours. */
  echo(now: number): void {
    if (this.blind) this.#wellSince = now + (this.#hasBeenWell ? graceMs : 0);
    this.#hasBeenWell = true;
    this.#lastEcho = now;
  }

  /** For how long somebody has been silent while we were listening; not above 0 when nobody can be judged. */
  silence(lastHeard: number, now: number): number {
    return now - Math.max(lastHeard, this.#wellSince);
  }

  /** Of that, the part through which the bus has been seen to work. */
  provenSilence(lastHeard: number): number {
    return this.silence(lastHeard, this.#lastEcho);
  }
}
