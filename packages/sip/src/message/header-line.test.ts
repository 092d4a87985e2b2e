import { describe, expect, it } from 'vitest';
import { headerLine, safeRequestUri } from './header-line.ts';

describe('a header line', () => {
  it('is written with its CRLF, octets beyond ASCII as they are', () => {
    expect(headerLine('Subject', '\xc3\xbc\t"a"')).toBe('Subject: \xc3\xbc\t"a"\r\n');
  });

  it('keeps a NUL that is escaped, as in a display name from the wire', () => {
    expect(headerLine('To', '"\\\0" <sip:a@b.example>')).toBe('To: "\\\0" <sip:a@b.example>\r\n');
  });

  it.each([
    ['CR', 'a\rb'],
    ['LF', 'a\nb'],
    ['NUL', 'a\0b'],
    ['a character that becomes LF as an octet', 'a\u010ab'],
    ['a character that becomes CR as an octet', 'a\u020db'],
    ['a character of more than one octet', '日本'],
  ])('refuses %s in a value', (_, value) => {
    expect(() => headerLine('Subject', value)).toThrow(/^unsafe-value: Subject: character \d+ at [01]$/);
  });

  it.each(['', 'A B', 'A:', 'A\r\nB', 'Ä'])('refuses %j as a name', (name) => {
    expect(() => headerLine(name, 'a')).toThrow(/^unsafe-value: header name/);
  });
});

describe('a Request-URI', () => {
  it.each(['sip:a@b.example;lr', 'tel:+1', '*'])('is written when it is one word: %s', (uri) => {
    expect(safeRequestUri(uri)).toBe(uri);
  });

  it.each(['', 'sip:a b', 'sip:a\tb', 'sip:a\r\nb', '<sip:a>', 'sip:ü'])(
    'is refused otherwise: %j',
    (uri) => {
      expect(() => safeRequestUri(uri)).toThrow(/^unsafe-value: Request-URI/);
    },
  );
});
