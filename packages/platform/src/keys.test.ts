import { Secret } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { derive } from './keys.ts';

const secret = new Secret('0123456789abcdef0123456789abcdef');

describe('derive', () => {
  it('gives every node with the secret the same key', () => {
    const again = new Secret(secret.reveal());
    expect(derive(secret, 'token')).toEqual(derive(again, 'token'));
  });

  it('is HKDF with SHA-256, as any other program computes it', () => {
    expect(derive(secret, 'token').toString('hex')).toBe(
      '9d08a7da7524a5a8f58a2fc564bda03a455bb0b10eac2ed6cac0f18ae276a681',
    );
  });

  it('gives each purpose and each secret a key of its own', () => {
    const keys = [
      derive(secret, 'token'),
      derive(secret, 'nonce'),
      derive(secret, 'doctor'),
      derive(new Secret(`${secret.reveal()}0`), 'token'),
    ];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(4);
    expect(keys.every((key) => key.length === 32)).toBe(true);
  });
});
