import { describe, expect, it } from 'vitest';
import {
  headerLength,
  payloadLength,
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
  rtpHeaderSize,
  writeHeader,
} from './packet.ts';

/** A datagram with the given first byte and length, seven bytes into its slab. */
function datagram(
  first: number,
  length: number,
  change: Record<number, number> = {},
): [Uint8Array, number, number] {
  const bytes = new Uint8Array(7 + length + 5).fill(0xee);
  bytes.fill(0, 7, 7 + length);
  if (length > 0) bytes[7] = first;
  for (const [at, value] of Object.entries(change)) bytes[7 + Number(at)] = value;
  return [bytes, 7, length];
}

describe('headerLength', () => {
  it.each([
    ['a bare header', datagram(0x80, 12), 12],
    ['a header with payload', datagram(0x80, 172), 12],
    ['two contributing sources', datagram(0x82, 20), 20],
    ['an empty extension', datagram(0x90, 16), 16],
    ['an extension of two words', datagram(0x90, 30, { 15: 2 }), 24],
    ['sources and an extension', datagram(0x91, 24, { 19: 1 }), 24],
  ])('takes %s', (_what, input, expected) => {
    expect(headerLength(...input)).toBe(expected);
  });

  it.each([
    ['nothing', datagram(0x80, 0)],
    ['eleven bytes', datagram(0x80, 11)],
    ['version 0', datagram(0x00, 12)],
    ['version 1', datagram(0x40, 12)],
    ['version 3', datagram(0xc0, 12)],
    ['a source that is cut off', datagram(0x81, 15)],
    ['fifteen sources in a short datagram', datagram(0x8f, 71)],
    ['an extension that is cut off', datagram(0x90, 15)],
    ['an extension that claims more than there is', datagram(0x90, 30, { 14: 0xff, 15: 0xff })],
  ])('refuses %s', (_what, input) => {
    expect(headerLength(...input)).toBe(-1);
  });
});

describe('payloadLength', () => {
  it.each([
    ['all that follows the header', datagram(0x80, 172), 160],
    ['nothing', datagram(0x80, 12), 0],
    ['what precedes the padding', datagram(0xa0, 20, { 19: 4 }), 4],
    ['nothing but padding', datagram(0xa0, 16, { 15: 4 }), 0],
    ['padding of zero bytes, which counts itself', datagram(0xa0, 16), -1],
    ['padding that reaches into the header', datagram(0xa0, 16, { 15: 5 }), -1],
    ['no RTP', datagram(0x00, 16), -1],
  ])('is %s', (_what, input, expected) => {
    expect(payloadLength(...input)).toBe(expected);
  });
});

describe('writeHeader', () => {
  it.each([
    { payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: 0 },
    { payloadType: 127, marker: true, sequence: 65_535, timestamp: 0xffffffff, ssrc: 0xffffffff },
    { payloadType: 101, marker: true, sequence: 0x1234, timestamp: 0x89abcdef, ssrc: 0x80000001 },
  ])('is read back: %j', (header) => {
    const bytes = new Uint8Array(20).fill(0xff);
    writeHeader(bytes, 3, header);
    expect(headerLength(bytes, 3, rtpHeaderSize)).toBe(rtpHeaderSize);
    expect({
      payloadType: readPayloadType(bytes, 3),
      marker: readMarker(bytes, 3),
      sequence: readSequence(bytes, 3),
      timestamp: readTimestamp(bytes, 3),
      ssrc: readSsrc(bytes, 3),
    }).toEqual(header);
  });

  it('takes counters that ran over their width', () => {
    const bytes = new Uint8Array(rtpHeaderSize);
    writeHeader(bytes, 0, {
      payloadType: 0,
      marker: false,
      sequence: 65_537,
      timestamp: 2 ** 32 + 5,
      ssrc: 1,
    });
    expect(readSequence(bytes, 0)).toBe(1);
    expect(readTimestamp(bytes, 0)).toBe(5);
  });
});
