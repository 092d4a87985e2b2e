import { energyShare } from '@tandem/rtp';
import type { AudioSink } from './recording.ts';

/** Samples that are weighed together: 100 ms, in which whole tens of Hz have whole periods. */
const windowSamples = 800;
/** The share of the energy of a window from which on the tone counts as heard in it. */
const clean = 0.9;

/**
 * Measures a tone in what is heard, by windows: a packet that is lost, or late, shifts the phase and so spoils only its
 * own window. Silence has no energy and does not count.
 */
export class ToneMeter implements AudioSink {
  readonly frequency: number;
  readonly #window = new Int16Array(windowSamples);
  #filled = 0;
  #tone = 0;
  #energy = 0;
  #heard = 0;

  constructor(frequency: number) {
    this.frequency = frequency;
  }

  /** The share of all energy that the tone carries, 0 to 1. */
  get share(): number {
    return this.#energy === 0 ? 0 : this.#tone / this.#energy;
  }

  /** How long the tone was heard, in ms. */
  get heardMs(): number {
    return this.#heard * 100;
  }

  write(samples: Int16Array): void {
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + windowSamples - this.#filled);
      this.#window.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === windowSamples) this.#weigh();
    }
  }

  /** Forgets what was heard. */
  reset(): void {
    [this.#filled, this.#tone, this.#energy, this.#heard] = [0, 0, 0, 0];
  }

  #weigh(): void {
    const energy = this.#window.reduce((sum, sample) => sum + sample * sample, 0);
    const share = energyShare(this.#window, this.frequency);
    this.#tone += share * energy;
    this.#energy += energy;
    if (share >= clean) this.#heard++;
    this.#filled = 0;
  }
}
