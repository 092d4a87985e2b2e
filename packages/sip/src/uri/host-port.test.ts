import { expect, it } from 'vitest';
import { parseHostPort } from './host-port.ts';

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
