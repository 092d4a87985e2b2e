import { readFile } from 'node:fs/promises';
import type { Wav } from '@tandem/rtp';

/** What comes before the samples; it is complete when the call has ended. */
const HEADER = 44;

/** Reads the WAV file that a softphone writes of its call, 16 bits at 8 kHz, however far it has come. */
export async function readRecording(path: string): Promise<Wav> {
  const file = await readFile(path).catch(none);
  const length = Math.max(0, Math.floor((file.length - HEADER) / 2));
  const samples = Int16Array.from({ length }, (_, at) => file.readInt16LE(HEADER + 2 * at));
  return { sampleRate: 8000, samples };
}

function none(error: NodeJS.ErrnoException): Buffer {
  if (error.code !== 'ENOENT') throw error;
  return Buffer.alloc(0);
}
