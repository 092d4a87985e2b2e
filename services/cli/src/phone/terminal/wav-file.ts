import { readFile, writeFile } from 'node:fs/promises';
import { readWav, type Wav, writeWav } from '@tandem/rtp';
import { Fault } from '@tandem/sip';
import { type AudioSource, silence, tone, wavSource } from '../audio/source.ts';
import { wavUnusable } from '../faults.ts';

/** What to say: `silence`, `tone:440` in Hz, or a WAV file. Throws `wav-unusable`. */
export async function openSource(text: string): Promise<AudioSource> {
  if (text === 'silence') return silence;
  const [, frequency] = /^tone:([1-9][0-9]{0,3})$/.exec(text) ?? [];
  if (frequency !== undefined && Number(frequency) < 4_000) return tone(Number(frequency));
  const reading = readWav(await onFile(text, readFile(text)));
  if ('defect' in reading) throw new Fault(wavUnusable, `${text}: ${reading.defect}`);
  return wavSource(reading.wav, text);
}

/** Writes 16-bit PCM. Throws `wav-unusable`. */
export async function writeRecording(file: string, wav: Wav): Promise<void> {
  await onFile(file, writeFile(file, writeWav(wav)));
}

async function onFile<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Fault(wavUnusable, `${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, {
      cause: error,
    });
  }
}
