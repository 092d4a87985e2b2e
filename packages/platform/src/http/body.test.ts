import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { textOf } from './body.ts';

const chunks = ['ab', 'c\u00e9', 'd'].map((text) => Buffer.from(text));

it('reads a body that is as long as it may be', async () => {
  expect(await textOf(Readable.from(chunks), 6)).toBe('abc\u00e9d');
});

it('reads an octet that is cut between two chunks', async () => {
  const whole = Buffer.from('\u00e9');
  expect(await textOf(Readable.from([whole.subarray(0, 1), whole.subarray(1)]), 2)).toBe('\u00e9');
});

it('stops at the octet that is too many, and lets the rest go', async () => {
  const body = Readable.from(chunks);
  expect(await textOf(body, 3)).toBeUndefined();
  expect(body.destroyed).toBe(true);
});
