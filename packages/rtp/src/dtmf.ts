import { readUint16, writeUint16 } from './bytes.ts';

/** The digits, each at the place of its event code (RFC 4733 §3.2). */
export const dtmfDigits = '0123456789*#ABCD';

const payloadSize = 4;
const endBit = 0x80;
const longestDuration = 0xffff;
const endPackets = 3;

/** How a digit is sent. */
export interface DtmfOptions {
  /** How long it is pressed, in ms: 100 when unset, at most 65,535 units of the clock (8 s at 8 kHz). */
  readonly durationMs?: number;
  /** Between packets, in ms; 20 when unset. */
  readonly intervalMs?: number;
  /** Of the payload, in Hz; 8000 when unset. */
  readonly clockRate?: number;
  /** Below 0 dBm0, in dB, 0 to 63; 10 when unset. */
  readonly volume?: number;
}

/** One packet of an event. All of them carry the timestamp at which the event began. */
export interface DtmfPacket {
  readonly payload: Uint8Array;
  /** Set on the first (RFC 4733 §2.5.1.1). */
  readonly marker: boolean;
  /** When it is due, in ms after the first. */
  readonly at: number;
}

/** The packets of a digit; none when it is not a DTMF digit. */
export function encodeDtmf(digit: string, options: DtmfOptions = {}): DtmfPacket[] {
  const { durationMs = 100, intervalMs = 20, clockRate = 8000, volume = 10 } = options;
  const event = digit.length === 1 ? dtmfDigits.indexOf(digit.toUpperCase()) : -1;
  if (event < 0) return [];
  const updates = Math.max(0, Math.ceil(durationMs / intervalMs) - 1);
  return Array.from({ length: updates + endPackets }, (_, index) => {
    const ended = index >= updates;
    const pressedMs = ended ? durationMs : (index + 1) * intervalMs;
    const payload = new Uint8Array(payloadSize);
    payload[0] = event;
    payload[1] = (ended ? endBit : 0) | volume;
    writeUint16(payload, 2, Math.min(longestDuration, Math.round((pressedMs * clockRate) / 1000)));
    return { payload, marker: index === 0, at: index * intervalMs };
  });
}

/** Hears digits, each once, however many of its packets come, and in whatever order. */
export class DtmfReceiver {
  #timestamp: number | undefined;
  #event = -1;
  #continuesAt: number | undefined;

  /** Takes in an event packet's payload; the digit when it is a new one. */
  receive(bytes: Uint8Array, offset: number, length: number, timestamp: number): string | undefined {
    if (length < payloadSize || bytes[offset]! >= dtmfDigits.length) return undefined;
    const event = bytes[offset]!;
    const duration = readUint16(bytes, offset + 2);
    const known = this.#timestamp !== undefined && ((timestamp - this.#timestamp) | 0) <= 0;
    const continued = event === this.#event && timestamp === this.#continuesAt;
    if (!known) this.#timestamp = timestamp;
    if (!known || timestamp === this.#timestamp) {
      this.#event = event;
      // RFC 4733 §2.5.1.3: an event longer than its field goes on in a next segment, where this one ends.
      this.#continuesAt = duration === longestDuration ? (timestamp + duration) % 2 ** 32 : undefined;
    }
    return known || continued ? undefined : dtmfDigits[event];
  }
}
