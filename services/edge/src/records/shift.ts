/** Numbers of CSeq above one are raised by so much. */
export interface Shift {
  readonly above: number;
  readonly by: number;
}

/** How many are kept: nobody asks for the number of a request that was long ago. */
const kept = 4;

/** A number as the other side of the dialog knows it. */
export function raised(shifts: readonly Shift[] | undefined, number: number): number {
  return number + (shifts?.findLast(({ above }) => number > above)?.by ?? 0);
}

/**
 * After a request of our own with the number `sequence`: what follows the last `number` of the other party must be higher
 * than that (RFC 3261 §12.2.2).
 */
export function raisedBeyond(
  shifts: readonly Shift[] | undefined,
  number: number,
  sequence: number,
): readonly Shift[] {
  const before = (shifts ?? []).filter(({ above }) => above < number);
  return [...before, { above: number, by: sequence - number }].slice(-kept);
}
