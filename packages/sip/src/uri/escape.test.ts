import { expect, it } from 'vitest';
import { escapeUser, normaliseEscapes, unescapeText } from './escape.ts';

it.each([
  ['alice', 'alice'],
  ['%61lice', 'alice'],
  ['null-%00-null', 'null-\0-null'],
  ['v%61lue%25%34%31', 'value%41'],
  ['%c3%BC', '\xc3\xbc'],
  ['', ''],
])('decodes %s once', (text, decoded) => {
  expect(unescapeText(text)).toBe(decoded);
});

it.each(['%', 'a%', 'a%4', '%4g', '%g4', '%%41', '%\u0661\u0662'])('does not decode %j', (text) => {
  expect(unescapeText(text)).toBeUndefined();
  expect(normaliseEscapes(text)).toBeUndefined();
});

it.each([
  ['%61%2d%5F', 'a-_'],
  ['%3b%40%3a', '%3B%40%3A'],
  ['a;b', 'a;b'],
  ['%2541', '%2541'],
])('keeps what escapes a reserved character: %s', (text, normalised) => {
  expect(normaliseEscapes(text)).toBe(normalised);
});

it.each([
  ['1002', '1002'],
  ['al-ice_o.b+1', 'al-ice_o.b+1'],
  ['*21#', '*21%23'],
  ['a b@c:d%', 'a%20b%40c%3Ad%25'],
  ['\xc3\xbc\0\r\n', '%C3%BC%00%0D%0A'],
])('escapes a user and gets it back: %j', (user, escaped) => {
  expect(escapeUser(user)).toBe(escaped);
  expect(unescapeText(escaped)).toBe(user);
});

it('does not escape what is no octet', () => {
  expect(() => escapeUser('日')).toThrow('unsafe-value: user part: character 26085');
});
