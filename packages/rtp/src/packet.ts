import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.ts';

/** Bytes of an RTP header without contributing sources and extension (RFC 3550 §5.1). */
export const rtpHeaderSize = 12;

/** The fields of an RTP header that a sender chooses (RFC 3550 §5.1). */
export interface RtpHeader {
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits. */
  readonly sequence: number;
  /** 32 bits, in units of the payload's clock. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
}

/**
 * How many bytes of a datagram precede its payload; -1 when its header is not RTP version 2 or does not fit.
 * It looks only at what SRTP leaves in the clear (RFC 3711 §3.1).
 */
export function headerLength(bytes: Uint8Array, offset: number, length: number): number {
  if (length < rtpHeaderSize || bytes[offset]! >>> 6 !== 2) return -1;
  let header = rtpHeaderSize + 4 * (bytes[offset]! & 15);
  if ((bytes[offset]! & 0x10) !== 0) {
    if (header + 4 > length) return -1;
    header += 4 + 4 * readUint16(bytes, offset + header + 2);
  }
  return header <= length ? header : -1;
}

/** How many bytes the payload has, padding taken off; -1 when the padding does not fit. Not for SRTP. */
export function payloadLength(bytes: Uint8Array, offset: number, length: number): number {
  const header = headerLength(bytes, offset, length);
  if (header < 0 || (bytes[offset]! & 0x20) === 0) return header < 0 ? -1 : length - header;
  const padding = bytes[offset + length - 1]!;
  return padding > 0 && header + padding <= length ? length - header - padding : -1;
}

export function readMarker(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset + 1]! >= 0x80;
}

export function readPayloadType(bytes: Uint8Array, offset: number): number {
  return bytes[offset + 1]! & 0x7f;
}

export function readSequence(bytes: Uint8Array, offset: number): number {
  return readUint16(bytes, offset + 2);
}

export function readTimestamp(bytes: Uint8Array, offset: number): number {
  return readUint32(bytes, offset + 4);
}

export function readSsrc(bytes: Uint8Array, offset: number): number {
  return readUint32(bytes, offset + 8);
}

/** Writes a header of `rtpHeaderSize` bytes. */
export function writeHeader(bytes: Uint8Array, offset: number, header: RtpHeader): void {
  bytes[offset] = 0x80;
  bytes[offset + 1] = header.payloadType | (header.marker ? 0x80 : 0);
  writeUint16(bytes, offset + 2, header.sequence);
  writeUint32(bytes, offset + 4, header.timestamp);
  writeUint32(bytes, offset + 8, header.ssrc);
}
