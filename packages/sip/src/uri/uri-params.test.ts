import { expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { parseUriParams } from './uri-params.ts';

it.each<[string, [string, string][]]>([
  ['', []],
  [';lr', [['lr', '']]],
  [
    ';transport=tcp;lr;maddr=[2001:db8::1]',
    [
      ['transport', 'tcp'],
      ['lr', ''],
      ['maddr', '[2001:db8::1]'],
    ],
  ],
  [';Transport=TCP', [['transport', 'TCP']]],
  [
    ';%6C%72;n%61me=v%61lue%25%34%31',
    [
      ['lr', ''],
      ['name', 'value%41'],
    ],
  ],
  [
    ';__proto__=1;constructor',
    [
      ['__proto__', '1'],
      ['constructor', ''],
    ],
  ],
])('%s', (text, params) => {
  expect([...parseUriParams(text)!]).toEqual(params);
});

it.each([
  ';',
  ';;',
  ';a;',
  ';=a',
  ';a=',
  ';a=b=c',
  ';a b',
  ';a="b"',
  ';a=b@c',
  ';a=%4',
  ';a=1;A=2',
  ';lr;%6cr',
])('is broken: %s', (text) => {
  expect(parseUriParams(text)).toBeUndefined();
});

it('takes as many as the cap allows', () => {
  const many = (count: number): string => Array.from({ length: count }, (_, i) => `;p${i}`).join('');
  expect(parseUriParams(many(limits.parameters))?.size).toBe(limits.parameters);
  expect(parseUriParams(many(limits.parameters + 1))).toBeUndefined();
});
