import { describe, expect, it } from 'vitest';
import { classify } from './demux.ts';

function datagram(head: readonly number[], length: number): Uint8Array {
  const bytes = new Uint8Array(length + 3);
  bytes.set(head.slice(0, length), 3);
  return bytes;
}

describe('classify', () => {
  it.each([
    ['RTP', [0x80, 0], 172, 'rtp'],
    ['RTP with marker', [0x80, 0x80 | 101], 16, 'rtp'],
    ['RTP of payload type 63 with marker', [0x80, 191], 12, 'rtp'],
    ['RTP of payload type 96 with marker', [0x80, 224], 12, 'rtp'],
    ['RTP of payload type 72 without marker', [0x80, 72], 12, 'rtp'],
    ['an RTCP sender report', [0x80, 200, 0, 6], 28, 'rtcp'],
    ['an RTCP receiver report without blocks', [0x80, 201, 0, 1], 8, 'rtcp'],
    ['the lowest RTCP type', [0x80, 192, 0, 1], 8, 'rtcp'],
    ['the highest RTCP type', [0x80, 223, 0, 1], 8, 'rtcp'],
    ['SRTCP: more than the length says', [0x80, 200, 0, 6], 42, 'rtcp'],
    ['RTCP that is cut off', [0x80, 200, 0, 6], 27, 'other'],
    ['RTCP without a source', [0x80, 201, 0, 0], 4, 'other'],
    ['RTP that is cut off', [0x80, 0], 11, 'other'],
    ['RTP version 1', [0x40, 0], 172, 'other'],
    ['a DTLS hello', [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], 23, 'dtls'],
    ['a DTLS record that is cut off', [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], 22, 'other'],
    ['a TLS record', [22, 3, 3, 0, 0], 23, 'other'],
    ['a STUN binding request', [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], 20, 'stun'],
    ['UDPTL, which begins with a sequence number', [0, 1, 6, 0xc0], 20, 'other'],
    ['nothing', [], 0, 'other'],
    ['one byte', [0x80], 1, 'other'],
    ['a keep-alive of line ends', [13, 10, 13, 10], 4, 'other'],
  ])('knows %s', (_what, head, length, kind) => {
    expect(classify(datagram(head, length), 3, length)).toBe(kind);
  });
});
