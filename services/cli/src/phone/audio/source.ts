import { generateTone, type Wav } from '@tandem/rtp';
import { Fault } from '@tandem/sip';
import { wavUnusable } from '../faults.ts';
import { frameSamples } from './pacer.ts';

/** What a phone says: samples at 8 kHz. */
export interface AudioSource {
  /** The next 20 ms: 160 samples. */
  next(): Int16Array;
}

const sampleRate = 8000;
const quiet = new Int16Array(frameSamples);

/** Frames of nothing; packets are sent all the same. */
export const silence: AudioSource = { next: () => quiet };

/** A sine of a whole number of Hz, for as long as it is asked. */
export function tone(frequency: number): AudioSource {
  return new Samples(generateTone({ frequency, durationMs: 1_000 }), true);
}

/** A WAV file once, then silence. Throws `wav-unusable` unless it has 8000 samples a second; `name` names it. */
export function wavSource(wav: Wav, name: string): AudioSource {
  if (wav.sampleRate === sampleRate) return new Samples(wav.samples, false);
  throw new Fault(
    wavUnusable,
    `${name}: has ${wav.sampleRate} samples a second; ${sampleRate} can be played`,
  );
}

class Samples implements AudioSource {
  readonly #samples: Int16Array;
  readonly #repeated: boolean;
  #at = 0;

  constructor(samples: Int16Array, repeated: boolean) {
    this.#samples = samples;
    this.#repeated = repeated;
  }

  next(): Int16Array {
    const frame = new Int16Array(frameSamples);
    const rest = this.#samples.subarray(this.#at, this.#at + frameSamples);
    frame.set(rest);
    this.#at += frameSamples;
    if (this.#repeated && this.#at >= this.#samples.length) this.#at = 0;
    return frame;
  }
}
