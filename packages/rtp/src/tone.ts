/** A sine to generate. */
export interface Tone {
  /** In Hz. */
  readonly frequency: number;
  readonly durationMs: number;
  /** In Hz; 8000 when unset. */
  readonly sampleRate?: number;
  /** Of 1; a quarter when unset. */
  readonly amplitude?: number;
}

/** The samples of a tone. */
export function generateTone({
  frequency,
  durationMs,
  sampleRate = 8000,
  amplitude = 0.25,
}: Tone): Int16Array {
  const step = (2 * Math.PI * frequency) / sampleRate;
  const peak = amplitude * 32_767;
  return Int16Array.from({ length: Math.round((durationMs * sampleRate) / 1000) }, (_, index) =>
    Math.round(peak * Math.sin(step * index)),
  );
}

/** The share, 0 to 1, of all the energy in samples that one frequency carries (Goertzel); 0 for silence. */
export function energyShare(samples: Int16Array, frequency: number, sampleRate: number = 8000): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let [last, before, energy] = [0, 0, 0];
  for (const sample of samples) {
    [last, before] = [sample + coefficient * last - before, last];
    energy += sample * sample;
  }
  const power = last * last + before * before - coefficient * last * before;
  return energy === 0 ? 0 : Math.min(1, (2 * power) / (samples.length * energy));
}
