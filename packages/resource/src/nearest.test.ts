import { expect, it } from 'vitest';
import { nearest, nearestHint } from './nearest.ts';

const rows: [string, string, string[], string[]][] = [
  ['letters that look like digits', '1oo1', ['1001', '2002'], ['1001']],
  ['the nearest first', '1001', ['1011', '1022', '1001'], ['1001', '1011', '1022']],
  ['a missing letter', 'domans', ['domains', 'media'], ['domains']],
  ['another case', 'alice', ['Alice'], ['Alice']],
  ['nothing that is far', 'carrier', ['1001', 'bob'], []],
  ['at most three', 'aaaa', ['aaab', 'aaac', 'aaad', 'aaae'], ['aaab', 'aaac', 'aaad']],
];

it.each(rows)('finds %s', (_, text, candidates, expected) => {
  expect(nearest(text, candidates)).toEqual(expected);
});

it('stops after a bounded number of candidates', () => {
  let taken = 0;
  function* endless() {
    for (;;) {
      taken++;
      yield 'far-from-anything';
    }
  }
  expect(nearest('x', endless())).toEqual([]);
  expect(taken).toBeLessThan(2_000);
});

it('says nothing when nothing is near', () => {
  expect([nearestHint('1oo1', ['1001']), nearestHint('x', [])]).toEqual([', nearest: 1001', '']);
});
