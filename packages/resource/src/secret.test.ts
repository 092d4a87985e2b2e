import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

const secret = new Secret('hunter2');

const shown: [string, string][] = [
  ['a text', String(secret)],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ secret }, { depth: 9, showHidden: true })],
  ['its keys', Object.entries(secret).join()],
];

it.each(shown)('does not come out by %s', (_, text) => {
  expect(text).not.toContain('hunter2');
});

it('comes out when asked for', () => {
  expect(secret.reveal()).toBe('hunter2');
});
