import { describe, expect, it } from 'vitest';
import { decodeG711, encodeG711, type G711Law, g711Silence } from './g711.ts';

const encode = (law: G711Law, sample: number): number => encodeG711(law, Int16Array.of(sample))[0]!;
const decode = (law: G711Law, code: number): number => decodeG711(law, Uint8Array.of(code))[0]!;

describe('G.711', () => {
  it.each([
    ['pcmu', 0x00, -32_124],
    ['pcmu', 0x80, 32_124],
    ['pcmu', 0xff, 0],
    ['pcmu', 0xf0, 120],
    ['pcmu', 0x70, -120],
    ['pcmu', 0x8f, 16_764],
    ['pcma', 0x2a, -32_256],
    ['pcma', 0xaa, 32_256],
    ['pcma', 0xd5, 8],
    ['pcma', 0x55, -8],
    ['pcma', 0xc5, 264],
    ['pcma', 0x80, 5504],
  ] as const)('expands %s %d to %d', (law, code, sample) => {
    expect(decode(law, code)).toBe(sample);
  });

  it.each([
    ['pcmu', 0, 0xff],
    ['pcmu', 32_767, 0x80],
    ['pcmu', -32_768, 0x00],
    ['pcma', 0, 0xd5],
    ['pcma', 32_767, 0xaa],
    ['pcma', -32_768, 0x2a],
    ['pcma', -1, 0x55],
  ] as const)('compresses %s %d to %d', (law, sample, code) => {
    expect(encode(law, sample)).toBe(code);
  });

  it.each(['pcmu', 'pcma'] as const)('gives every %s code back, but for the two zeros of mu-law', (law) => {
    for (let code = 0; code < 256; code++) {
      const again = encode(law, decode(law, code));
      expect(again).toBe(law === 'pcmu' && code === 0x7f ? 0xff : code);
    }
  });

  it.each(['pcmu', 'pcma'] as const)('keeps every sample within half a step by %s', (law) => {
    for (let sample = -32_768; sample < 32_768; sample += 7) {
      const error = Math.abs(decode(law, encode(law, sample)) - sample);
      expect(error).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16));
    }
  });

  it.each(['pcmu', 'pcma'] as const)('has a byte for silence in %s', (law) => {
    expect(encode(law, 0)).toBe(g711Silence[law]);
  });
});
