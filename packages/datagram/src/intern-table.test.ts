import { describe, expect, it } from 'vitest';
import { InternTable } from './intern-table.ts';

describe('InternTable', () => {
  it('gives a text the same number each time, and another text another', () => {
    const table = new InternTable(8);
    const first = table.number('a');
    expect(table.number('b')).not.toBe(first);
    expect(table.number('a')).toBe(first);
    expect(table.text(first)).toBe('a');
  });

  it('finds without adding', () => {
    const table = new InternTable(8);
    expect(table.find('a')).toBeUndefined();
    const number = table.number('a');
    expect(table.find('a')).toBe(number);
  });

  it('forgets what was not used, and never gives its number to another', () => {
    const table = new InternTable(8);
    const first = table.number('first');
    const others = Array.from({ length: 100 }, (_, index) => table.number(`other ${index}`));
    expect(table.text(first)).toBeUndefined();
    expect(table.number('first')).toBeGreaterThan(Math.max(...others));
  });

  it.each(['number', 'text'] as const)('keeps what is used, by %s', (by) => {
    const table = new InternTable(8);
    const first = table.number('first');
    for (let index = 0; index < 100; index++) {
      table.number(`other ${index}`);
      if (by === 'number') table.number('first');
      else table.text(first);
    }
    expect(table.text(first)).toBe('first');
    expect(table.number('first')).toBe(first);
  });

  it('holds no more than its limit', () => {
    const table = new InternTable(8);
    const numbers = Array.from({ length: 100 }, (_, index) => table.number(`text ${index}`));
    expect(numbers.filter((number) => table.text(number) !== undefined).length).toBeLessThanOrEqual(8);
  });
});
