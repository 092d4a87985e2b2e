import { describe, expect, it } from 'vitest';
import { covers, intersects } from './subject.ts';

const tokens = (pattern: string): string[] => pattern.split('.');

describe('patterns', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.b', 'a', false],
    ['a.*', 'a.b', true],
    ['a.*', '*.b', true],
    ['a.*', 'a.b.c', false],
    ['a.>', 'a', false],
    ['a.>', 'a.b.c', true],
    ['a.>', '*.*', true],
    ['a.>', '>', true],
    ['a.b.>', 'a.*.c.d', true],
    ['a.b.>', 'a.c.>', false],
  ])('%s and %s share a subject: %s', (one, other, expected) => {
    expect(intersects(tokens(one), tokens(other))).toBe(expected);
    expect(intersects(tokens(other), tokens(one))).toBe(expected);
  });

  it.each([
    ['a.b', 'a.b', true],
    ['a.*', 'a.b', true],
    ['a.*', 'a.*', true],
    ['a.b', 'a.*', false],
    ['a.*', 'a.>', false],
    ['a.*', 'a.b.c', false],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a.>', true],
    ['a.>', 'a.*.>', true],
    ['a.*.>', 'a.>', false],
    ['a.>', 'a', false],
    ['a.>', '*.b', false],
  ])('%s stands for all of %s: %s', (outer, inner, expected) => {
    expect(covers(tokens(outer), tokens(inner))).toBe(expected);
  });
});
