import type { DtmfPacket } from './dtmf.ts';
import { rtpHeaderSize, writeHeader } from './packet.ts';

/** A stream to send: where it begins, chosen at random (RFC 3550 §5.1), and what a packet holds. */
export interface Stream {
  readonly payloadType: number;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** Units of the payload's clock in a packet: 160 for 20 ms at 8 kHz. */
  readonly step: number;
}

/** Makes the packets of one stream, a step after the other. */
export class Packetiser {
  readonly #stream: Stream;
  #sequence: number;
  #timestamp: number;
  #eventBegan: number;
  #marker = true;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#sequence = stream.sequence;
    this.#timestamp = stream.timestamp;
    this.#eventBegan = stream.timestamp;
  }

  /** The next packet of media. The first, and the first after silence, has the marker (RFC 3551 §4.1). */
  media(payload: Uint8Array): Buffer {
    const packet = this.#packet(this.#stream.payloadType, this.#marker, this.#timestamp, payload);
    this.#marker = false;
    this.#timestamp += this.#stream.step;
    return packet;
  }

  /** The next packet is of a telephone event, in the place of media (RFC 4733 §2.5.1). */
  event(payloadType: number, { payload, marker }: DtmfPacket): Buffer {
    if (marker) this.#eventBegan = this.#timestamp;
    const packet = this.#packet(payloadType, marker, this.#eventBegan, payload);
    this.#timestamp += this.#stream.step;
    return packet;
  }

  /** Lets steps pass without a packet. */
  silence(steps: number): void {
    this.#timestamp += steps * this.#stream.step;
    this.#marker = true;
  }

  #packet(payloadType: number, marker: boolean, timestamp: number, payload: Uint8Array): Buffer {
    const packet = Buffer.allocUnsafe(rtpHeaderSize + payload.length);
    const { ssrc } = this.#stream;
    writeHeader(packet, 0, { payloadType, marker, sequence: this.#sequence++, timestamp, ssrc });
    packet.set(payload, rtpHeaderSize);
    return packet;
  }
}

/** Cuts audio into payloads of one size, the last filled up. */
export function frames(audio: Uint8Array, size: number, fill: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(audio.length / size) }, (_, index) => {
    const frame = new Uint8Array(size).fill(fill);
    frame.set(audio.subarray(index * size, (index + 1) * size));
    return frame;
  });
}
