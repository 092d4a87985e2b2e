import { type ReportBlock, type RtcpPacket, readRtcp } from '@tandem/rtp';
import type { Receiver } from './receiver.ts';
import { shortTime, writeDescription, writeGoodbye, writeReport } from './rtcp-packets.ts';
import type { Sender } from './sender.ts';

/** Milliseconds between reports on the average (RFC 3550 §6.2); the first comes after half of it. */
const interval = 5_000;

/** Says by RTCP what we send and hear, and keeps what the peer says of that (RFC 3550 §6). `now` is Unix time in ms. */
export class Reporter {
  /** The peer's last report on what we send. */
  report: ReportBlock | undefined;
  /** Milliseconds from us to the peer and back (§6.4.1). */
  roundTripMs: number | undefined;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #cname: string;
  readonly #random: () => number;
  #due: number;
  #peer: { readonly stamp: number; readonly at: number } | undefined;
  #before = { highestSequence: 0, lost: 0 };

  constructor(
    streams: { sender: Sender; receiver: Receiver },
    cname: string,
    random: () => number,
    now: number,
  ) {
    this.#sender = streams.sender;
    this.#receiver = streams.receiver;
    this.#cname = cname;
    this.#random = random;
    this.#due = now + this.#spread(interval / 2);
  }

  /** The report that is due; undefined when none is. */
  next(now: number): Buffer | undefined {
    if (now < this.#due) return undefined;
    this.#due = now + this.#spread(interval);
    return this.#compound(now);
  }

  /** The last report, with a goodbye. */
  last(now: number): Buffer {
    return Buffer.concat([this.#compound(now), writeGoodbye(this.#sender.ssrc)]);
  }

  /** Takes in a datagram from the peer. */
  receive(bytes: Uint8Array, offset: number, length: number, now: number): void {
    for (const packet of readRtcp(bytes, offset, length) ?? []) this.#read(packet, now);
  }

  #read(packet: RtcpPacket, now: number): void {
    if (packet.kind !== 'sender-report' && packet.kind !== 'receiver-report') return;
    if (packet.kind === 'sender-report') {
      const stamp = (packet.ntpSeconds & 0xffff) * 65_536 + (packet.ntpFraction >>> 16);
      this.#peer = { stamp, at: now };
    }
    const report = packet.reports.find(({ ssrc }) => ssrc === this.#sender.ssrc);
    if (!report) return;
    this.report = report;
    if (report.lastReport === 0) return;
    this.roundTripMs = (((shortTime(now) - report.lastReport - report.delay) | 0) * 1_000) / 65_536;
  }

  #compound(now: number): Buffer {
    const { ssrc, packets, octets, timestamp } = this.#sender;
    const info = packets > 0 ? { now, timestamp, packets, octets } : undefined;
    const block = this.#receiver.packets > 0 ? this.#block(now) : undefined;
    return Buffer.concat([writeReport(ssrc, info, block), writeDescription(ssrc, this.#cname)]);
  }

  #block(now: number): ReportBlock {
    const { ssrc, highestSequence, lost, jitter } = this.#receiver;
    const expected = highestSequence - this.#before.highestSequence;
    const fraction = expected > 0 ? (256 * (lost - this.#before.lost)) / expected : 0;
    this.#before = { highestSequence, lost };
    return {
      ssrc,
      fractionLost: Math.floor(Math.min(255, Math.max(0, fraction))),
      lost,
      highestSequence,
      jitter: Math.round(jitter),
      lastReport: this.#peer?.stamp ?? 0,
      delay: this.#peer ? Math.round(((now - this.#peer.at) * 65_536) / 1_000) : 0,
    };
  }

  /** §6.2: half to one and a half times as long, so that reports of many do not fall together. */
  #spread(ms: number): number {
    return ms * (0.5 + this.#random());
  }
}
