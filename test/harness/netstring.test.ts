import { describe, expect, it } from 'vitest';
import { NetstringReader, netstring } from './netstring.ts';

describe('netstrings', () => {
  it('count bytes', () => {
    expect(netstring('ñ')).toBe('2:ñ,');
  });

  it('are read however they are cut', () => {
    const reader = new NetstringReader();
    const bytes = Buffer.from(netstring('one') + netstring('ñ') + netstring(''));
    expect([...bytes].flatMap((byte) => reader.read(Buffer.of(byte)))).toEqual(['one', 'ñ', '']);
    expect(reader.read(bytes)).toEqual(['one', 'ñ', '']);
  });
});
