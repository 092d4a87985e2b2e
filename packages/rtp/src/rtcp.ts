import { readUint16, readUint32 } from './bytes.ts';

/** One source's reception as its receiver reports it (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Since the last report, of 256. */
  readonly fractionLost: number;
  /** Since the beginning; negative when packets came twice. */
  readonly lost: number;
  /** With the count of wraps in the upper 16 bits. */
  readonly highestSequence: number;
  /** In units of the payload's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's NTP time; 0 for none. */
  readonly lastReport: number;
  /** Since that report, in 1/65536 s. */
  readonly delay: number;
}

/** One packet of a compound. `other` has a type that is not read further: SDES, APP, feedback, XR. */
export type RtcpPacket =
  | {
      readonly kind: 'sender-report';
      readonly ssrc: number;
      /** Seconds since 1900. */
      readonly ntpSeconds: number;
      /** In 1/2^32 s. */
      readonly ntpFraction: number;
      readonly timestamp: number;
      readonly packets: number;
      readonly octets: number;
      readonly reports: readonly ReportBlock[];
    }
  | { readonly kind: 'receiver-report'; readonly ssrc: number; readonly reports: readonly ReportBlock[] }
  | { readonly kind: 'bye'; readonly sources: readonly number[] }
  | { readonly kind: 'other'; readonly type: number; readonly ssrc: number };

const senderReport = 200;
const receiverReport = 201;
const bye = 203;
const blockSize = 24;

/** The source that sent a datagram that `classify` calls RTCP. */
export function readRtcpSsrc(bytes: Uint8Array, offset: number): number {
  return readUint32(bytes, offset + 4);
}

/** The packets of a compound; undefined when it is malformed anywhere (RFC 3550 A.2). Not for SRTCP. */
export function readRtcp(bytes: Uint8Array, offset: number, length: number): RtcpPacket[] | undefined {
  const packets: RtcpPacket[] = [];
  const end = offset + length;
  for (let at = offset; at < end; ) {
    if (at + 4 > end || bytes[at]! >>> 6 !== 2) return undefined;
    const next = at + 4 * (readUint16(bytes, at + 2) + 1);
    const packet = next <= end ? readPacket(bytes, at, next - at) : undefined;
    if (!packet) return undefined;
    packets.push(packet);
    at = next;
  }
  return packets.length > 0 ? packets : undefined;
}

function readPacket(bytes: Uint8Array, at: number, length: number): RtcpPacket | undefined {
  const type = bytes[at + 1]!;
  const count = bytes[at]! & 31;
  if (type === bye) return readBye(bytes, at, length, count);
  if (length < 8) return undefined;
  const ssrc = readRtcpSsrc(bytes, at);
  if (type === senderReport) return readSenderReport(bytes, at, length, count);
  if (type !== receiverReport) return { kind: 'other', type, ssrc };
  const reports = readReports(bytes, at + 8, length - 8, count);
  return reports && { kind: 'receiver-report', ssrc, reports };
}

function readSenderReport(
  bytes: Uint8Array,
  at: number,
  length: number,
  count: number,
): RtcpPacket | undefined {
  const reports = readReports(bytes, at + 28, length - 28, count);
  return (
    reports && {
      kind: 'sender-report',
      ssrc: readUint32(bytes, at + 4),
      ntpSeconds: readUint32(bytes, at + 8),
      ntpFraction: readUint32(bytes, at + 12),
      timestamp: readUint32(bytes, at + 16),
      packets: readUint32(bytes, at + 20),
      octets: readUint32(bytes, at + 24),
      reports,
    }
  );
}

function readReports(
  bytes: Uint8Array,
  at: number,
  length: number,
  count: number,
): ReportBlock[] | undefined {
  if (length < count * blockSize) return undefined;
  return Array.from({ length: count }, (_, index) => readReport(bytes, at + index * blockSize));
}

function readReport(bytes: Uint8Array, at: number): ReportBlock {
  return {
    ssrc: readUint32(bytes, at),
    fractionLost: bytes[at + 4]!,
    // 24 bits, signed: the shifts take the fraction off and carry the sign.
    lost: (readUint32(bytes, at + 4) << 8) >> 8,
    highestSequence: readUint32(bytes, at + 8),
    jitter: readUint32(bytes, at + 12),
    lastReport: readUint32(bytes, at + 16),
    delay: readUint32(bytes, at + 20),
  };
}

function readBye(bytes: Uint8Array, at: number, length: number, count: number): RtcpPacket | undefined {
  if (length < 4 + 4 * count) return undefined;
  const sources = Array.from({ length: count }, (_, index) => readUint32(bytes, at + 4 + 4 * index));
  return { kind: 'bye', sources };
}
