import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { parseParams } from './params.ts';

describe('header parameters (RFC 3261 §25.1)', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    [' \r\n ', []],
    [';lr', [['lr', '']]],
    [
      ';tag=a;q=0.5',
      [
        ['tag', 'a'],
        ['q', '0.5'],
      ],
    ],
    [
      '  ; tag \t = \r\n a ; lr ',
      [
        ['tag', 'a'],
        ['lr', ''],
      ],
    ],
    [';TAG=A', [['tag', 'A']]],
    [';a="b;c=d,\\"e\\\\"', [['a', 'b;c=d,"e\\']]],
    [';a=""', [['a', '']]],
    [
      ';a="\xc3\xbc";b',
      [
        ['a', '\xc3\xbc'],
        ['b', ''],
      ],
    ],
    [
      ';received=2001:db8::1;maddr=[2001:db8::1]',
      [
        ['received', '2001:db8::1'],
        ['maddr', '[2001:db8::1]'],
      ],
    ],
    [';branch=z9hG4bK-a/b=c==', [['branch', 'z9hG4bK-a/b=c==']]],
    [";a'b`c~=d", [["a'b`c~", 'd']]],
    [
      ';__proto__=a;constructor;toString=b',
      [
        ['__proto__', 'a'],
        ['constructor', ''],
        ['tostring', 'b'],
      ],
    ],
  ])('%j', (text, params) => {
    expect([...parseParams(`x${text}`, 1)!]).toEqual(params);
  });

  it.each([
    ';',
    ';;a',
    ';a;',
    'a',
    ';a=',
    ';a=;b',
    ';a= ',
    ';=a',
    ';a b',
    ';a=b c',
    ';a="b',
    ';a="b\\"',
    ';a="b"c',
    ';a=b"c"',
    ';a=b,c',
    ';a=<b>',
    ';par=u@example.com',
    ';a=b\\c',
    ';a=\xfc',
    ';\xfc=a',
    ';a=b\0',
    ';a=1;A=2',
  ])('is broken: %j', (text) => {
    expect(parseParams(`x${text}`, 1)).toBeUndefined();
  });

  it('takes as many as the cap allows', () => {
    const many = (count: number): string => Array.from({ length: count }, (_, i) => `;p${i}`).join('');
    expect(parseParams(many(limits.parameters), 0)?.size).toBe(limits.parameters);
    expect(parseParams(many(limits.parameters + 1), 0)).toBeUndefined();
  });
});
