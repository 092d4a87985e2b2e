import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { energyShare, generateTone, type Wav, writeWav } from '@tandem/rtp';

/** baresip hangs up where its file ends, so no call can last longer. */
const LONGEST_CALL_MS = 120_000;
/** Long enough that every frequency in whole tens of Hz has whole periods, short enough to time a start. */
const FRAME_MS = 100;
const CLEAN = 0.9;

export interface Heard {
  /** Where the tone starts, in seconds; infinite when it never does. */
  readonly start: number;
  /** The tone's share of the energy from its start on. */
  readonly share: number;
  /** How much audio there is, in seconds. */
  readonly length: number;
}

const files = new Map<number, Promise<string>>();

/** A WAV file that says one tone for as long as a call may last. */
export function toneFile(frequency: number): Promise<string> {
  const file = files.get(frequency) ?? write(frequency);
  files.set(frequency, file);
  return file;
}

/** Looks for a tone. A frame at a time, so that a lost packet, which shifts the phase, spoils that frame only. */
export function hear({ samples, sampleRate }: Wav, frequency: number): Heard {
  const size = (sampleRate * FRAME_MS) / 1000;
  const frames = Array.from({ length: Math.floor(samples.length / size) }, (_, index) => {
    const frame = samples.subarray(index * size, (index + 1) * size);
    const energy = frame.reduce((sum, sample) => sum + sample * sample, 0);
    return { energy, tone: energy * energyShare(frame, frequency, sampleRate) };
  });
  const first = frames.findIndex(({ energy, tone }) => energy > 0 && tone >= CLEAN * energy);
  const rest = first < 0 ? [] : frames.slice(first);
  const [tone, energy] = [total(rest.map((frame) => frame.tone)), total(rest.map((frame) => frame.energy))];
  return {
    start: first < 0 ? Number.POSITIVE_INFINITY : (first * FRAME_MS) / 1000,
    share: energy && tone / energy,
    length: samples.length / sampleRate,
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

async function write(frequency: number): Promise<string> {
  const file = join(tmpdir(), `tone-${frequency}-${process.pid}.wav`);
  const samples = generateTone({ frequency, durationMs: LONGEST_CALL_MS });
  await writeFile(file, writeWav({ sampleRate: 8000, samples }));
  return file;
}
