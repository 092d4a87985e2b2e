/** Milliseconds that are counted together: two such spans are looked at. */
const span = 1_000;

/** The share of calls that were taken lately. */
export class Share {
  #since = Number.NEGATIVE_INFINITY;
  #before = { taken: 0, refused: 0 };
  #current = { taken: 0, refused: 0 };

  /** Counts a call; `now` is in milliseconds. */
  count(isTaken: boolean, now: number): void {
    this.#turn(now);
    this.#current[isTaken ? 'taken' : 'refused']++;
  }

  /** 0 to 1; 1 where nobody has called. */
  of(now: number): number {
    this.#turn(now);
    const taken = this.#before.taken + this.#current.taken;
    const refused = this.#before.refused + this.#current.refused;
    return refused === 0 ? 1 : taken / (taken + refused);
  }

  #turn(now: number): void {
    if (now - this.#since < span) return;
    const none = { taken: 0, refused: 0 };
    this.#before = now - this.#since < 2 * span ? this.#current : none;
    this.#current = { ...none };
    this.#since = now;
  }
}
