import { expect, it } from 'vitest';
import { parseCSeq } from './cseq.ts';

it.each([
  ['1 INVITE', 1, 'INVITE'],
  ['0009  \t INVITE', 9, 'INVITE'],
  ['2147483647 BYE', 2147483647, 'BYE'],
  ['1 __proto__', 1, '__proto__'],
])('%s', (text, number, method) => {
  expect(parseCSeq(text)).toEqual({ number, method });
});

it.each([
  '',
  '1',
  '1 ',
  'INVITE',
  '1INVITE',
  '-1 INVITE',
  '2147483648 INVITE',
  '1 IN VITE',
  '1 INVITE,',
  '1.0 INVITE',
])('is broken: %j', (text) => {
  expect(parseCSeq(text)).toBeUndefined();
});
