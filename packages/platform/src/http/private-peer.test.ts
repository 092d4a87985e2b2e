import { expect, it } from 'vitest';
import { isPrivate } from './private-peer.ts';

const rows: [string | undefined, string | undefined, boolean][] = [
  ['127.0.0.1', '127.0.0.1:8080', true],
  ['127.8.9.1', 'localhost', true],
  ['::1', '[::1]:8080', true],
  ['::ffff:127.0.0.1', 'LOCALHOST:8080', true],
  ['127.0.0.1', '192.0.2.1:8080', true],
  ['127.0.0.1', 'evil.example:8080', false],
  ['127.0.0.1', 'localhost.evil.example', false],
  ['127.0.0.1', '127.0.0.1.evil.example', false],
  ['127.0.0.1', '', false],
  ['127.0.0.1', undefined, false],
  ['192.0.2.1', '127.0.0.1', false],
  ['::ffff:192.0.2.1', '127.0.0.1', false],
  ['2001:db8::1', '[::1]', false],
  [undefined, '127.0.0.1', false],
];

it.each([
  ['192.0.2.1', '192.0.2.1:8080', true],
  ['2001:db8::1', '[2001:db8::1]:8080', true],
  ['192.0.2.1', 'evil.example', false],
])('lets an address of this machine, %s, that asks itself as %s through: %s', (address, host, expected) => {
  expect(isPrivate({ remoteAddress: address, localAddress: address }, host)).toBe(expected);
});

it.each(rows)('lets %s that asks %s through: %s', (remoteAddress, host, expected) => {
  expect(isPrivate({ remoteAddress, localAddress: '192.0.2.2' }, host)).toBe(expected);
});
