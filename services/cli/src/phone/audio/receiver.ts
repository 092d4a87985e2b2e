import {
  DtmfReceiver,
  decodeG711,
  type G711Law,
  headerLength,
  Playout,
  payloadLength,
  Reception,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
} from '@tandem/rtp';
import { frameSamples } from './pacer.ts';
import type { AudioSink } from './recording.ts';

/** Frames that wait for late ones before the first is played. */
const depth = 4;
/** Units of the payload's clock in a millisecond. */
export const clockPerMs = 8;
/** Of `Reception`: it follows one stream here. */
const slot = 0;

/** Takes in the stream that a phone hears. */
export class Receiver {
  readonly sinks: AudioSink[] = [];
  packets = 0;
  /** Of payload. */
  octets = 0;
  /** The source that was heard last. */
  ssrc = 0;
  /** With the count of wraps in the upper bits (RFC 3550 A.1). */
  highestSequence = 0;
  #last: number | undefined;
  #longestGap = 0;
  #accepted: ReadonlyMap<number, G711Law | 'event'> = new Map();
  #law: G711Law | undefined;
  /** Samples that longer packets than ours were ahead of the clock. */
  #ahead = 0;
  readonly #reception = new Reception(1);
  readonly #playout = new Playout(depth);
  readonly #dtmf = new DtmfReceiver();

  /** Understands these payload types from now on. */
  configure(accepted: ReadonlyMap<number, G711Law | 'event'>): void {
    this.#accepted = accepted;
  }

  /** Packets that never came. */
  get lost(): number {
    return this.#reception.lost(slot);
  }

  /** In units of the payload's clock (RFC 3550 §6.4.1). */
  get jitter(): number {
    return this.#reception.jitter(slot);
  }

  get jitterMs(): number {
    return this.jitter / clockPerMs;
  }

  /** The longest time without a packet since the first one, up to `now`, in ms. */
  longestGap(now: number): number {
    return this.#last === undefined ? 0 : Math.max(this.#longestGap, now - this.#last);
  }

  /** Takes in a datagram; the digit when it begins one. */
  receive(bytes: Uint8Array, offset: number, length: number, now: number): string | undefined {
    const payload = payloadLength(bytes, offset, length);
    const kind = payload < 0 ? undefined : this.#accepted.get(readPayloadType(bytes, offset));
    if (kind === undefined) return undefined;
    this.#count(bytes, offset, payload, now);
    const start = offset + headerLength(bytes, offset, length);
    if (kind === 'event') return this.#dtmf.receive(bytes, start, payload, readTimestamp(bytes, offset));
    this.#law = kind;
    this.#playout.put(readSequence(bytes, offset), bytes.subarray(start, start + payload));
    return undefined;
  }

  /** Plays the next 20 ms. */
  play(): void {
    if (this.#law === undefined) return;
    if (this.#ahead >= frameSamples) {
      this.#ahead -= frameSamples;
      return;
    }
    const payload = this.#playout.take();
    const samples = payload ? decodeG711(this.#law, payload) : new Int16Array(frameSamples);
    this.#ahead += samples.length - frameSamples;
    for (const sink of this.sinks) sink.write(samples);
  }

  #count(bytes: Uint8Array, offset: number, payload: number, now: number): void {
    const sequence = readSequence(bytes, offset);
    const ssrc = readSsrc(bytes, offset);
    const known = this.packets > 0 && ssrc === this.ssrc;
    const ahead = known ? ((sequence - this.highestSequence) << 16) >> 16 : 0;
    this.highestSequence = known ? this.highestSequence + Math.max(0, ahead) : sequence;
    this.ssrc = ssrc;
    this.#longestGap = this.longestGap(now);
    this.#last = now;
    this.packets++;
    this.octets += payload;
    this.#reception.receive(slot, ssrc, sequence);
    this.#reception.time(slot, readTimestamp(bytes, offset), now * clockPerMs);
  }
}
