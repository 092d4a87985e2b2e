import { Pattern } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { ExtensionPattern } from './extension-pattern.ts';

describe('a pattern of extensions', () => {
  it.each([
    ['1001', '^1001$', ['1001'], ['10011', '100']],
    ['_1XXX', '^1[0-9][0-9][0-9]$', ['1001', '1999'], ['2001', '10011']],
    [
      '_9NXXXXXX.',
      '^9[2-9][0-9][0-9][0-9][0-9][0-9][0-9].+$',
      ['923456789', '92345678901'],
      ['912345678', '92345678'],
    ],
    ['_X.', '^[0-9].+$', ['12', '1+'], ['1', '+1']],
    ['_0Z!', '^0[1-9].*$', ['01', '0123'], ['00', '0']],
    ['_[15-7]X', '^[15-7][0-9]$', ['10', '59', '69'], ['20', '49', '89']],
    ['_1-800-NXX', '^1800[2-9][0-9][0-9]$', ['1800200'], ['1-800-200']],
    ['_+34X.', '^\\+34[0-9].+$', ['+34911'], ['34911']],
    ['_*9x', '^\\*9[0-9]$', ['*97'], ['*9']],
  ])('is a regular expression: %s', (text, expression, matching, others) => {
    const pattern = ExtensionPattern.parse(text)!;
    expect(pattern.expression).toBe(expression);
    // As a route matches it, and as the importer does.
    const asRoute = new Pattern(expression);
    for (const number of matching)
      expect([number, pattern.matches(number), asRoute.matches(number)]).toEqual([number, true, true]);
    for (const number of others)
      expect([number, pattern.matches(number), asRoute.matches(number)]).toEqual([number, false, false]);
  });

  it.each(['', '_', '_[', '_[]', '_[9-1]', `_${'X'.repeat(81)}`])('is none: %j', (text) => {
    expect(ExtensionPattern.parse(text)).toBeUndefined();
  });

  it('comes in the order in which Asterisk looks at it', () => {
    const order = [
      '911',
      '91XX',
      '_911',
      '_9[1-3]1',
      '_9N1',
      '_9Z1',
      '_9X1',
      '_9XX',
      '_9.',
      '_X1',
      '_X.',
      '_.',
      '_X!',
      '_!',
    ];
    const sorted = order
      .map((text) => ExtensionPattern.parse(text)!)
      .reverse()
      .sort((a, b) => a.compare(b));
    expect(sorted.map(({ text }) => text).filter((text) => text.startsWith('_9'))).toEqual(
      order.filter((text) => text.startsWith('_9')),
    );
    expect(sorted.at(-1)?.text).toBe('_!');
  });

  it('knows what its numbers begin with', () => {
    const pattern = ExtensionPattern.parse('_9[0]NX')!;
    expect([pattern.prefix(0), pattern.prefix(2), pattern.prefix(3)]).toEqual(['', '90', undefined]);
    expect([pattern.literal, ExtensionPattern.parse('_[9]1')?.literal]).toEqual([undefined, '91']);
  });
});
