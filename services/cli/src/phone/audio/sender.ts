import { encodeG711, type G711Law, Packetiser, readTimestamp, rtpHeaderSize } from '@tandem/rtp';
import { DigitQueue } from './digits.ts';
import { frameSamples } from './pacer.ts';
import { type AudioSource, silence } from './source.ts';

/** What is sent. */
export interface Sending {
  readonly codec: { readonly law: G711Law; readonly payload: number };
  readonly event: number | undefined;
}

/** Makes the packets of the stream that a phone sends. */
export class Sender {
  source: AudioSource = silence;
  readonly digits: DigitQueue = new DigitQueue();
  readonly ssrc: number;
  packets = 0;
  /** Of payload. */
  octets = 0;
  /** Of the last packet (RFC 3550 §5.1). */
  timestamp = 0;
  readonly #random: () => number;
  #sending: Sending | undefined;
  #packetiser: Packetiser | undefined;
  #payload = -1;

  constructor(random: () => number) {
    this.#random = random;
    this.ssrc = Math.floor(random() * 2 ** 32);
  }

  /** Sends by this from now on. */
  configure(sending: Sending): void {
    this.#sending = sending;
    const { payload } = sending.codec;
    if (payload === this.#payload) return;
    this.#payload = payload;
    this.#packetiser = new Packetiser({
      payloadType: payload,
      ssrc: this.ssrc,
      sequence: Math.floor(this.#random() * 2 ** 15),
      timestamp: Math.floor(this.#random() * 2 ** 31),
      step: frameSamples,
    });
  }

  /** The packet of the next 20 ms; undefined before `configure`. */
  next(now: number): Buffer | undefined {
    const { codec, event } = this.#sending ?? {};
    if (!codec || !this.#packetiser) return undefined;
    const digit = event === undefined ? undefined : this.digits.next(now);
    const packet =
      digit && event !== undefined
        ? this.#packetiser.event(event, digit)
        : this.#packetiser.media(encodeG711(codec.law, this.source.next()));
    this.packets++;
    this.octets += packet.length - rtpHeaderSize;
    this.timestamp = readTimestamp(packet, 0);
    return packet;
  }

  /** Lets time pass without packets. */
  rest(frames: number): void {
    this.#packetiser?.silence(frames);
  }
}
