import { describe, expect, it } from 'vitest';
import { parseDigestParams, quote } from './auth-params.ts';

describe('parseDigestParams', () => {
  const read: [string, string, Record<string, string>][] = [
    ['tokens and quoted strings', 'Digest a=b, c="d"', { a: 'b', c: 'd' }],
    ['any case of the scheme and the names', 'dIGEST ReAlm="X"', { realm: 'X' }],
    ['escapes', String.raw`Digest realm="say \"hi\" \\o/"`, { realm: String.raw`say "hi" \o/` }],
    ['commas and equals signs within quotes', 'Digest a="1,b=2", c=3', { a: '1,b=2', c: '3' }],
    ['folds and tabs', 'Digest\r\n a = "1"\t,\r\n b\t=2 ', { a: '1', b: '2' }],
    ['empty list elements', 'Digest ,a=1,, b=2,', { a: '1', b: '2' }],
    ['an empty quoted string', 'Digest opaque=""', { opaque: '' }],
    ['a name that objects inherit', 'Digest __proto__=1', { ['__proto__']: '1' }],
  ];
  it.each(read)('reads %s', (_, text, expected) => {
    expect([...parseDigestParams(text)!]).toEqual(Object.entries(expected));
  });

  const refused: [string, string][] = [
    ['another scheme', 'Basic QWxhZGRpbg=='],
    ['a scheme that only begins like ours', 'Digester a=1'],
    ['a bare scheme', 'Digest'],
    ['a repeated name', 'Digest realm="a", Realm="b"'],
    ['a name without value', 'Digest realm'],
    ['a name with an empty value', 'Digest realm='],
    ['an open quote', 'Digest realm="a'],
    ['a quote closed by an escape only', 'Digest realm="a\\"'],
    ['text behind a quoted string', 'Digest realm="a"b'],
    ['a missing comma', 'Digest a=1 b=2'],
    ['too many parameters', `Digest ${Array.from({ length: 65 }, (_, i) => `p${i}=1`).join(',')}`],
    ['a value over the cap', `Digest a="${'x'.repeat(9000)}"`],
  ];
  it.each(refused)('refuses %s', (_, text) => {
    expect(parseDigestParams(text)).toBeUndefined();
  });

  it('survives whatever comes over the wire', () => {
    let seed = 1;
    const next = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const pieces = [
      'Digest ',
      '"',
      '\\',
      ',',
      '=',
      ' ',
      '\r\n ',
      'realm',
      'nonce',
      '\u0000',
      '\u00e9',
      '<',
      ';',
    ];
    for (let round = 0; round < 5_000; round++) {
      const text = `Digest ${Array.from({ length: next(20) }, () => pieces[next(pieces.length)]).join('')}`;
      for (const [name, value] of parseDigestParams(text) ?? []) {
        expect(text.toLowerCase()).toContain(name);
        expect(value.length).toBeLessThan(text.length);
      }
    }
  });

  it('gives back what quote wrote', () => {
    const value = String.raw`a"b\c,d=e`;
    expect(parseDigestParams(`Digest v=${quote(value)}`)?.get('v')).toBe(value);
  });
});
