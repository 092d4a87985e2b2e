import { describe, expect, it } from 'vitest';
import { linesOf } from './line.ts';

function said(text: string): string[] {
  return Array.from(linesOf(text), ({ number, text: line, problem }) => `${number} ${problem ?? line}`);
}

describe('lines of a file', () => {
  it.each([
    ['comments to the end', 'a = 1 ; one\n; nothing\n\n  b = 2\r\n', ['1 a = 1', '4 b = 2']],
    ['semicolons that are meant', 'secret = a\\;b;c', ['1 secret = a;b']],
    ['a comment over several lines', 'a = 1\n;-- from\nb = 2\nto --;\nc = 3', ['1 a = 1', '5 c = 3']],
    ['a comment within a line', 'a = ;-- not --;1', ['1 a = 1']],
    ['comments within comments', ';-- a\n;-- b\n--;\nx = 1\n--;\ny = 2', ['6 y = 2']],
    ['a line of dashes, which begins nothing', ';---------\na = 1', ['2 a = 1']],
    ['what follows the end of a comment', ';-- a\nb --; c = 3', ['2 c = 3']],
    [
      'a comment that never ends',
      'a = 1\n;-- from\nb = 2',
      ['1 a = 1', '2 begins a comment that never ends'],
    ],
    ['a byte order mark', '\uFEFF[a]', ['1 [a]']],
    [
      'a line that is too long',
      `${'x'.repeat(8_193)}\na = 1`,
      ['1 is longer than 8192 characters', '2 a = 1'],
    ],
  ])('are read with %s', (_, text, lines) => {
    expect(said(text)).toEqual(lines);
  });

  it('are read in time with their length, whatever comments are in them', () => {
    expect(said(';--'.repeat(400_000)).length).toBeLessThanOrEqual(1);
    expect(said(`${';-- --;'.repeat(1_000)}\n`.repeat(100))).toEqual([]);
  });
});
