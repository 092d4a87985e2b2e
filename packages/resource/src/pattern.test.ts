import { describe, expect, it } from 'vitest';
import { Pattern } from './pattern.ts';

describe('Pattern', () => {
  it('captures its first group, or all that it finds', () => {
    expect(new Pattern('^line-(\\d+)@').capture('line-12@x')).toBe('12');
    expect(new Pattern('\\d+').capture('line-12@x')).toBe('12');
    expect(new Pattern('^(\\d+)?x').capture('x')).toBeUndefined();
    expect(new Pattern('\\d').capture('none')).toBeUndefined();
  });

  // An engine that tries one way after the other would not come to an end in a lifetime.
  it.each(['(a+)+$', '(a|aa)+$', '^(a?){30}a{30}$', '(.*)*x'])('%s ends', (source) => {
    expect(new Pattern(source).matches(`${'a'.repeat(255)}!`)).toBe(false);
  });

  it('finds nothing in a text that is too long', () => {
    expect(new Pattern('a').matches('a'.repeat(256))).toBe(true);
    expect(new Pattern('a').matches('a'.repeat(257))).toBe(false);
  });

  it('refuses what takes too many steps', () => {
    expect(() => new Pattern('(a{0,30}){0,30}')).toThrow('steps, more than 200');
  });
});
