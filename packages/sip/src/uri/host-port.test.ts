import { expect, it } from 'vitest';
import { parseBareHostPort, parseHostPort } from './host-port.ts';

it.each([
  ['A.example', 'a.example', undefined],
  ['a.example:5060', 'a.example', 5060],
  ['192.0.2.1:65535', '192.0.2.1', 65535],
  ['[2001:DB8::1]', '[2001:db8::1]', undefined],
  ['[2001:db8::1]:5061', '[2001:db8::1]', 5061],
])('%s', (text, host, port) => {
  expect(parseHostPort(text)).toEqual({ host, ...(port !== undefined && { port }) });
});

it.each([
  '',
  ':5060',
  'a.example:',
  'a.example:x',
  'a.example:65536',
  'a.example:-1',
  'a.example:5060:5061',
  'a b',
  '2001:db8::1',
  '[2001:db8::1',
  '[2001:db8::1]5060',
  '[]:5060',
  ']:5060',
])('is neither host nor host and port: %j', (text) => {
  expect(parseHostPort(text)).toBeUndefined();
});

it.each([
  ['2001:DB8::1', '2001:db8::1', undefined],
  ['[2001:db8::1]', '2001:db8::1', undefined],
  ['[2001:db8::1]:5061', '2001:db8::1', 5061],
  ['a.example:5060', 'a.example', 5060],
  ['192.0.2.1', '192.0.2.1', undefined],
])('an operator may write %s', (text, host, port) => {
  expect(parseBareHostPort(text)).toEqual({ host, ...(port !== undefined && { port }) });
});

it.each(['', ':5060', '2001:db8::1:x', '1:2:3', 'fe80::1%eth0', 'a b'])(
  'an operator may not write %j',
  (text) => {
    expect(parseBareHostPort(text)).toBeUndefined();
  },
);
