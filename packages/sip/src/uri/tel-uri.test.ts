import { expect, it } from 'vitest';
import { parseTelUri } from './tel-uri.ts';

it.each<[string, string, [string, string][]]>([
  ['+1-201-555-0123', '+12015550123', []],
  ['+1(201)555.0123', '+12015550123', []],
  ['7042;phone-context=example.com', '7042', [['phone-context', 'example.com']]],
  ['863-1234;phone-context=+1-914-555', '8631234', [['phone-context', '+1-914-555']]],
  ['*21#', '*21#', []],
  ['aB', 'aB', []],
  [
    '+1;ext=12;ISUB=3',
    '+1',
    [
      ['ext', '12'],
      ['isub', '3'],
    ],
  ],
])('%s', (text, number, params) => {
  expect(parseTelUri(text)).toEqual({ scheme: 'tel', number, params: new Map(params) });
});

it.each(['', '+', '-.()', 'alice', '+1a', '1+2', '+1 201', '+1;', '+1;ext=;', '\xb2'])(
  'is broken: %j',
  (text) => {
    expect(parseTelUri(text)).toBeUndefined();
  },
);
