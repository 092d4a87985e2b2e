import { describe, expect, it } from 'vitest';
import type { Party } from './token.ts';
import { accountFor, spare, spread } from './trunk-numbers.ts';

function token(party: Party, first: number) {
  const account = { tenant: 'acme', trunk: 'carrier', first };
  const common = { hidden: true, trusted: false, challenges: false, routes: [] };
  return { outsiders: { [party]: { party, ...common, account } } };
}

describe('the numbers of requests to a trunk with credentials', () => {
  const called = token('callee', 700);

  it('leave room for each to be sent again, from the INVITE on', () => {
    expect([700, 701, 702].map((number) => spread(called, 'caller', number))).toEqual([700, 704, 708]);
    expect([700, 701].map((number) => spare(called, 'caller', number))).toEqual([3, 3]);
  });

  it('do so where it has called as well, whatever number the callee begins with', () => {
    const calling = token('caller', 0);
    expect([0, 1, 5].map((number) => spread(calling, 'callee', number))).toEqual([0, 4, 20]);
    expect(spread(calling, 'caller', 5)).toBe(5);
  });

  it('are as they are where there is no room: then nothing is sent again', () => {
    const calling = token('caller', 0);
    const last = 2 ** 31 - 2;
    expect([spread(calling, 'callee', last), spare(calling, 'callee', last)]).toEqual([last, 0]);
  });

  it('are as they are towards anybody else', () => {
    const stranger = {
      party: 'callee',
      hidden: true,
      trusted: false,
      challenges: false,
      routes: [],
    } as const;
    for (const other of [{}, { outsiders: { callee: stranger } }]) {
      expect([spread(other, 'caller', 7), spare(other, 'caller', 7)]).toEqual([7, 0]);
    }
    expect(accountFor(called, 'callee')).toBeUndefined();
  });
});
