import type { media } from '@tandem/contract';
import {
  nearestClockRate,
  Reception,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
  staticClockRate,
} from '@tandem/rtp';

/** How long a stream is watched before its clock is told from its timestamps, in ms. */
const learningMs = 1000;

/** Sums over all legs, those that have ended included. */
export interface Totals {
  packets: number;
  octets: number;
  lost: number;
  rtcpPackets: number;
  refused: number;
}

/** What legs have received, one row each. Rows are columns of numbers, so that a packet leaves no garbage. */
export class Counters {
  /** RTP packets. */
  readonly packets: Float64Array;
  /** Of RTP, headers included. */
  readonly octets: Float64Array;
  readonly rtcp: Float64Array;
  /** Of a stranger, or malformed. */
  readonly refused: Float64Array;
  /** When the last packet was taken, in ms; when the row began if there was none. */
  readonly heardAt: Float64Array;
  /** How many packets of any kind were taken. */
  readonly heard: Float64Array;
  readonly reception: Reception;
  readonly #rate: Float64Array;
  readonly #firstTimestamp: Uint32Array;
  readonly #firstAt: Float64Array;
  readonly #free: number[] = [];
  readonly #closed: Totals = { packets: 0, octets: 0, lost: 0, rtcpPackets: 0, refused: 0 };
  readonly #room: number;
  #used = 0;

  constructor(room: number) {
    this.#room = room;
    this.packets = new Float64Array(room);
    this.octets = new Float64Array(room);
    this.rtcp = new Float64Array(room);
    this.refused = new Float64Array(room);
    this.heardAt = new Float64Array(room);
    this.heard = new Float64Array(room);
    this.reception = new Reception(room);
    this.#rate = new Float64Array(room);
    this.#firstTimestamp = new Uint32Array(room);
    this.#firstAt = new Float64Array(room);
  }

  /** Begins a row; undefined when there is no room. */
  open(now: number): number | undefined {
    const slot = this.#free.pop() ?? (this.#used < this.#room ? this.#used++ : undefined);
    if (slot !== undefined) this.#clear(slot, now);
    return slot;
  }

  /** Ends a row. */
  close(slot: number): void {
    addRow(this.#closed, this, slot);
    this.#clear(slot, 0);
    this.#free.push(slot);
  }

  /** Takes in an RTP packet. */
  receive(slot: number, bytes: Uint8Array, offset: number, length: number, now: number): void {
    this.packets[slot]! += 1;
    this.octets[slot]! += length;
    if (!this.reception.receive(slot, readSsrc(bytes, offset), readSequence(bytes, offset))) return;
    const timestamp = readTimestamp(bytes, offset);
    if (this.#rate[slot] === 0) this.#learn(slot, readPayloadType(bytes, offset), timestamp, now);
    if (this.#rate[slot] !== 0) this.reception.time(slot, timestamp, (now * this.#rate[slot]!) / 1000);
  }

  /** The rows of one direction, all streams together. */
  direction(slots: readonly number[]): media.Direction {
    const sums = this.#sum(slots);
    const last = slots.findLast((slot) => this.#rate[slot] !== 0);
    const jitter = last === undefined ? 0 : this.reception.jitter(last) / this.#rate[last]!;
    // A sender whose timestamps leap has more than the field holds.
    return { ...sums, jitterUs: Math.min(0xffffffff, Math.round(jitter * 1e6)) };
  }

  /** The sums of the rows of legs that are there, and of all that have ended. */
  totals(slots: Iterable<number>): Totals {
    return this.#sum(slots, { ...this.#closed });
  }

  #sum(
    slots: Iterable<number>,
    sums: Totals = { packets: 0, octets: 0, lost: 0, rtcpPackets: 0, refused: 0 },
  ): Totals {
    for (const slot of slots) addRow(sums, this, slot);
    return sums;
  }

  // The worker reads no SDP. A static payload type tells the clock; of others the timestamps do, after a while.
  #learn(slot: number, payloadType: number, timestamp: number, now: number): void {
    const rate = staticClockRate(payloadType);
    if (rate !== undefined) {
      this.#rate[slot] = rate;
    } else if (this.#firstAt[slot] === 0) {
      this.#firstAt[slot] = now;
      this.#firstTimestamp[slot] = timestamp;
    } else if (now - this.#firstAt[slot]! >= learningMs) {
      const elapsed = (timestamp - this.#firstTimestamp[slot]!) >>> 0;
      this.#rate[slot] = nearestClockRate((elapsed * 1000) / (now - this.#firstAt[slot]!));
    }
  }

  #clear(slot: number, now: number): void {
    const columns = [
      this.packets,
      this.octets,
      this.rtcp,
      this.refused,
      this.heard,
      this.#rate,
      this.#firstAt,
    ];
    for (const column of columns) column[slot] = 0;
    this.heardAt[slot] = now;
    this.reception.clear(slot);
  }
}

function addRow(sums: Totals, counters: Counters, slot: number): void {
  sums.packets += counters.packets[slot]!;
  sums.octets += counters.octets[slot]!;
  sums.lost += counters.reception.lost(slot);
  sums.rtcpPackets += counters.rtcp[slot]!;
  sums.refused += counters.refused[slot]!;
}
