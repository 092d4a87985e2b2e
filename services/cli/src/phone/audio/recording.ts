import type { Wav } from '@tandem/rtp';

/** What hears a phone: samples at 8 kHz, in order, with silence where packets are missing. */
export interface AudioSink {
  write(samples: Int16Array): void;
}

/** Samples that are kept at most: an hour. */
const room = 8_000 * 3_600;

/** Keeps what was heard, an hour at most. */
export class Recording implements AudioSink {
  readonly #chunks: Int16Array[] = [];
  #length = 0;

  write(samples: Int16Array): void {
    if (this.#length + samples.length > room) return;
    this.#chunks.push(samples);
    this.#length += samples.length;
  }

  get wav(): Wav {
    const samples = new Int16Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      samples.set(chunk, at);
      at += chunk.length;
    }
    return { sampleRate: 8_000, samples };
  }
}
