import { expect, it } from 'vitest';
import { elementEnd, splitList } from './list.ts';

it.each([
  ['a', ['a']],
  [' a\t', ['a']],
  ['a,b , c', ['a', 'b', 'c']],
  ['"a,b",c', ['"a,b"', 'c']],
  ['"a\\",b",c', ['"a\\",b"', 'c']],
  ['"a\\\\",b', ['"a\\\\"', 'b']],
  ['<sip:a@b;p=1,2>,c', ['<sip:a@b;p=1,2>', 'c']],
  ['"<" <a,b>, ">" <c>', ['"<" <a,b>', '">" <c>']],
  ['<a"b>,"c,d"', ['<a"b>', '"c,d"']],
  ['a;p=",",b', ['a;p=","', 'b']],
  ['', ['']],
  [',', ['', '']],
  ['a,', ['a', '']],
  ['"a,b', ['"a,b']],
  ['a,<b,c', ['a', '<b,c']],
  ['a,"\\', ['a', '"\\']],
])('%j has %j', (value, elements) => {
  expect(splitList(value)).toEqual(elements);
});

it('ends an element with its line, whatever quote or bracket follows in the message', () => {
  expect(elementEnd('"a, b" <c>, d', 0, 4)).toBe(4);
  expect(elementEnd('<a, b>, d', 0, 4)).toBe(4);
  expect(elementEnd('<a>, d', 0, 3)).toBe(3);
});
