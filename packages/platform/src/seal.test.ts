import { createDecipheriv } from 'node:crypto';
import { hmac, hmacKey } from '@tandem/sip';
import { expect, it } from 'vitest';
import { isProven, seal, tokenKey, unseal } from './seal.ts';

const key = tokenKey('the key of all edges');

it.each([1, 15, 16, 17, 64, 200])('%d octets come back, and no others', (length) => {
  const payload = Buffer.alloc(length, 'payload');
  const text = seal(key, payload, 'context');
  const unsealed = unseal(key, text)!;
  expect(unsealed.payload).toEqual(payload);
  expect(isProven(key, unsealed, 'context')).toBe(true);
  expect(isProven(key, unsealed, 'another')).toBe(false);
  const changed = `${text.slice(0, 20).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))}${text.slice(20)}`;
  const other = unseal(key, length === 1 ? `B${text.slice(1)}` : changed)!;
  expect(isProven(key, other, 'context')).toBe(false);
});

it('the cipher is AES in counter mode, which begins at the mark', () => {
  const payload = Buffer.alloc(100, 'a payload of several blocks');
  const text = seal(key, payload, 'context');
  const secret = Buffer.from(hmac(hmacKey('the key of all edges'), 'cipher'), 'base64url');
  const counter = Buffer.concat([Buffer.from(text.slice(0, 16), 'base64url'), Buffer.alloc(4)]);
  const cipher = createDecipheriv('aes-256-ctr', secret, counter);
  expect(cipher.update(Buffer.from(text.slice(16), 'base64url'))).toEqual(payload);
});

it('what has no payload is none of ours', () => {
  expect(unseal(key, '')).toBeUndefined();
  expect(unseal(key, 'A'.repeat(16))).toBeUndefined();
});
