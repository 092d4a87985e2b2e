import { describe, expect, it } from 'vitest';
import { raised, raisedBeyond, type Shift } from './shift.ts';

describe('numbers of a dialog that the edge sends requests in', () => {
  it('stay as they are when it has sent none', () => {
    expect(raised(undefined, 7)).toBe(7);
  });

  it('are raised beyond its own, and those before stay as they were', () => {
    const shifts = raisedBeyond(undefined, 5, 6);
    expect([4, 5, 6, 7].map((number) => raised(shifts, number))).toEqual([4, 5, 7, 8]);
  });

  it('rise beyond its first request, even when the other party begins at 0', () => {
    const shifts = raisedBeyond(undefined, -1, 1);
    expect([0, 1, 27_000].map((number) => raised(shifts, number))).toEqual([2, 3, 27_002]);
  });

  it('rise once more when it sends again before the other party does', () => {
    const shifts = raisedBeyond(raisedBeyond(undefined, 5, 6), 5, 7);
    expect(shifts).toHaveLength(1);
    expect(raised(shifts, 6)).toBe(8);
  });

  it('rise with each move of a long call, and no more than the last ones are kept', () => {
    let shifts: readonly Shift[] | undefined;
    for (let move = 1; move <= 10; move++) {
      const number = move * 10;
      const sequence = raised(shifts, number) + 1;
      shifts = raisedBeyond(shifts, number, sequence);
      expect(raised(shifts, number + 1)).toBe(sequence + 1);
      expect(raised(shifts, number)).toBe(sequence - 1);
    }
    expect(shifts).toHaveLength(4);
  });
});
