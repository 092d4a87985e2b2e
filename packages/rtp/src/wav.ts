import { decodeG711, encodeG711, type G711Law } from './g711.ts';

/** How a WAV file keeps its samples. */
export type WavEncoding = 'pcm16' | G711Law;

/** Mono audio. */
export interface Wav {
  /** In Hz: 8000, 16,000 or 48,000. */
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/** What was read, or what is wrong with the file, in words that follow its name. */
export type WavReading = { readonly wav: Wav } | { readonly defect: string };

interface Format {
  readonly encoding: WavEncoding;
  readonly sampleRate: number;
}

const sampleRates = [8000, 16_000, 48_000];
const headerSize = 44;
const extensible = 0xfffe;

// RFC 2361 appendix A: the format's number and how many bits a sample has.
const formats: Readonly<Record<WavEncoding, readonly [tag: number, bits: number]>> = {
  pcm16: [1, 16],
  pcma: [6, 8],
  pcmu: [7, 8],
};

/** Reads a WAV file: mono, 16-bit PCM or G.711, 8, 16 or 48 kHz. */
export function readWav(bytes: Uint8Array): WavReading {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    return { defect: 'is not a WAV file' };
  }
  const chunks = readChunks(file);
  const [format, data] = [chunks.get('fmt '), chunks.get('data')];
  if (!format || format.length < 16) return { defect: 'has no format chunk' };
  if (!data) return { defect: 'has no data chunk' };
  const reading = readFormat(format);
  if (typeof reading === 'string') return { defect: reading };
  return { wav: { sampleRate: reading.sampleRate, samples: readSamples(reading.encoding, data) } };
}

/** The bytes of a WAV file. */
export function writeWav({ sampleRate, samples }: Wav, encoding: WavEncoding = 'pcm16'): Buffer {
  const [tag, bits] = formats[encoding];
  const width = bits / 8;
  const data = writeSamples(encoding, samples);
  const header = Buffer.alloc(headerSize);
  header.write('RIFF');
  header.writeUInt32LE(headerSize - 8 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * width, 28);
  header.writeUInt16LE(width, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

// A length beyond the end is cut: recorders that are killed leave one behind.
function readChunks(file: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= file.length; ) {
    const length = file.readUInt32LE(at + 4);
    const name = file.toString('latin1', at, at + 4);
    if (!chunks.has(name)) chunks.set(name, file.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length & 1);
  }
  return chunks;
}

function readFormat(format: Buffer): Format | string {
  const declared = format.readUInt16LE(0);
  const tag = declared === extensible && format.length >= 26 ? format.readUInt16LE(24) : declared;
  const [channels, sampleRate, bits] = [
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ];
  const encoding = (Object.keys(formats) as WavEncoding[]).find((name) => formats[name][0] === tag);
  if (!encoding) return `has format ${tag}; 1 (PCM), 6 (A-law) and 7 (mu-law) can be read`;
  if (channels !== 1) return `has ${channels} channels; mono can be read`;
  if (!sampleRates.includes(sampleRate))
    return `has ${sampleRate} samples a second; ${sampleRates.join(', ')} can be read`;
  if (bits !== formats[encoding][1]) {
    return `has ${bits} bits a sample; ${formats[encoding][1]} can be read of ${encoding}`;
  }
  return { encoding, sampleRate };
}

function readSamples(encoding: WavEncoding, data: Buffer): Int16Array {
  if (encoding !== 'pcm16') return decodeG711(encoding, data);
  return Int16Array.from({ length: data.length >> 1 }, (_, index) => data.readInt16LE(2 * index));
}

function writeSamples(encoding: WavEncoding, samples: Int16Array): Uint8Array {
  if (encoding !== 'pcm16') return encodeG711(encoding, samples);
  const data = Buffer.alloc(2 * samples.length);
  for (const [index, sample] of samples.entries()) data.writeInt16LE(sample, 2 * index);
  return data;
}
