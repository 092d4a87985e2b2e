import { readUint16 } from './bytes.ts';
import { headerLength } from './packet.ts';

/** What a datagram on a media port is, by its first bytes. `other` is malformed or unknown. */
export type DatagramKind = 'rtp' | 'rtcp' | 'dtls' | 'stun' | 'other';

/** Tells apart what shares a port (RFC 7983 §7; RTP from RTCP by RFC 5761 §4). True of SRTP and SRTCP as well. */
export function classify(bytes: Uint8Array, offset: number, length: number): DatagramKind {
  if (length === 0) return 'other';
  const first = bytes[offset]!;
  if (first >= 128 && first <= 191) return classifyRtp(bytes, offset, length);
  if (first >= 20 && first <= 63) return isDtls(bytes, offset, length) ? 'dtls' : 'other';
  return first <= 3 && isStun(bytes, offset, length) ? 'stun' : 'other';
}

function classifyRtp(bytes: Uint8Array, offset: number, length: number): DatagramKind {
  const second = bytes[offset + 1]!;
  // RFC 5761 §4: RTCP types 192-223 are RTP payload types 64-95 with the marker, which nobody may use beside RTCP.
  if (length >= 8 && second >= 192 && second <= 223) {
    return 4 * (readUint16(bytes, offset + 2) + 1) <= length ? 'rtcp' : 'other';
  }
  return headerLength(bytes, offset, length) < 0 ? 'other' : 'rtp';
}

// RFC 6347 §4.1: a record header of 13 bytes; the version is {254, 255} or {254, 253}.
function isDtls(bytes: Uint8Array, offset: number, length: number): boolean {
  return length >= 13 && bytes[offset + 1] === 254 && 13 + readUint16(bytes, offset + 11) <= length;
}

// RFC 8489 §5: a header of 20 bytes with the magic cookie.
function isStun(bytes: Uint8Array, offset: number, length: number): boolean {
  return length >= 20 && readUint16(bytes, offset + 4) === 0x2112 && readUint16(bytes, offset + 6) === 0xa442;
}
