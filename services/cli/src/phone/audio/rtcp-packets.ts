import type { ReportBlock } from '@tandem/rtp';

/** What a sender report says of the stream (RFC 3550 §6.4.1). */
export interface SenderInfo {
  /** Unix time in ms. */
  readonly now: number;
  /** The media's time at that moment. */
  readonly timestamp: number;
  readonly packets: number;
  /** Of payload. */
  readonly octets: number;
}

const senderReport = 200;
const receiverReport = 201;
const description = 202;
const bye = 203;
const cnameItem = 1;
/** Seconds from 1900 to 1970. */
const ntpOffset = 2_208_988_800;

/** A sender report, or a receiver report of who sends nothing (§6.4). */
export function writeReport(
  ssrc: number,
  info: SenderInfo | undefined,
  block: ReportBlock | undefined,
): Buffer {
  const parts = [info ? writeInfo(info) : [], block ? writeBlock(block) : []].flat();
  return writePacket(info ? senderReport : receiverReport, block ? 1 : 0, [ssrc, ...parts]);
}

/** Who a source is (§6.5): text items that end with zeros up to a word. */
export function writeDescription(ssrc: number, cname: string): Buffer {
  const text = Buffer.from(cname.slice(0, 255), 'latin1');
  const item = Buffer.alloc(4 * Math.ceil((text.length + 3) / 4));
  item.writeUInt8(cnameItem, 0);
  item.writeUInt8(text.length, 1);
  item.set(text, 2);
  return writePacket(description, 1, [ssrc], item);
}

/** §6.6 */
export function writeGoodbye(ssrc: number): Buffer {
  return writePacket(bye, 1, [ssrc]);
}

/** The middle 32 bits of the NTP time, in 1/65536 s. */
export function shortTime(now: number): number {
  const [seconds, fraction] = ntpTime(now);
  return ((seconds & 0xffff) * 65_536 + (fraction >>> 16)) >>> 0;
}

function ntpTime(now: number): [seconds: number, fraction: number] {
  return [Math.floor(now / 1_000) + ntpOffset, Math.floor(((now % 1_000) / 1_000) * 2 ** 32)];
}

function writeInfo({ now, timestamp, packets, octets }: SenderInfo): number[] {
  return [...ntpTime(now), timestamp, packets, octets];
}

function writeBlock(block: ReportBlock): number[] {
  const { ssrc, fractionLost, lost, highestSequence, jitter, lastReport, delay } = block;
  return [ssrc, fractionLost * 2 ** 24 + (lost & 0xffffff), highestSequence, jitter, lastReport, delay];
}

function writePacket(type: number, count: number, words: readonly number[], tail?: Buffer): Buffer {
  const packet = Buffer.alloc(4 + 4 * words.length + (tail?.length ?? 0));
  packet.writeUInt8(0x80 | count, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  for (const [index, word] of words.entries()) packet.writeUInt32BE(word >>> 0, 4 + 4 * index);
  if (tail) packet.set(tail, 4 + 4 * words.length);
  return packet;
}
