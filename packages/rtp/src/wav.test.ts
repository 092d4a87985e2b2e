import { describe, expect, it } from 'vitest';
import { energyShare, generateTone } from './tone.ts';
import { readWav, type WavReading, writeWav } from './wav.ts';

const silence = { sampleRate: 8000, samples: new Int16Array(4) };

function edited(edit: (file: Buffer) => void, encoding: 'pcm16' | 'pcmu' = 'pcm16'): Buffer {
  const file = writeWav(silence, encoding);
  edit(file);
  return file;
}

function samplesOf(reading: WavReading): Int16Array {
  if ('defect' in reading) throw new Error(reading.defect);
  return reading.wav.samples;
}

describe('WAV', () => {
  it.each([8000, 16_000, 48_000])('gives 16-bit samples back at %d Hz', (sampleRate) => {
    const samples = Int16Array.of(0, 1, -1, 32_767, -32_768);
    expect(readWav(writeWav({ sampleRate, samples }))).toEqual({ wav: { sampleRate, samples } });
  });

  it.each(['pcma', 'pcmu'] as const)('keeps a tone in %s at a byte a sample', (encoding) => {
    const samples = generateTone({ frequency: 440, durationMs: 100 });
    const file = writeWav({ sampleRate: 8000, samples }, encoding);
    expect(file.length).toBe(44 + 800);
    expect(energyShare(samplesOf(readWav(file)), 440)).toBeGreaterThan(0.99);
  });

  it('writes the header that other programs expect', () => {
    expect(writeWav({ sampleRate: 8000, samples: Int16Array.of(256) }).toString('hex')).toBe(
      `${Buffer.from('RIFF').toString('hex')}26000000${Buffer.from('WAVEfmt ').toString('hex')}100000000100` +
        `0100401f0000803e000002001000${Buffer.from('data').toString('hex')}020000000001`,
    );
  });

  it('skips chunks that it does not know, of odd length as well', () => {
    const file = writeWav(silence);
    const list = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');
    const longer = Buffer.concat([file.subarray(0, 36), list, file.subarray(36)]);
    expect(samplesOf(readWav(longer)).length).toBe(4);
  });

  it('reads an extensible format by its sub-format', () => {
    const file = writeWav(silence);
    const extension = Buffer.alloc(24);
    extension.writeUInt16LE(22, 0);
    extension.writeUInt16LE(1, 8);
    const longer = Buffer.concat([file.subarray(0, 36), extension, file.subarray(36)]);
    longer.writeUInt32LE(40, 16);
    longer.writeUInt16LE(0xfffe, 20);
    expect(samplesOf(readWav(longer)).length).toBe(4);
  });

  it('reads what there is of a file that claims to be longer', () => {
    expect(samplesOf(readWav(edited((file) => file.writeUInt32LE(0xffffffff, 40)))).length).toBe(4);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'is not a WAV file'],
    ['text', Buffer.from('hello, this is no audio at all'), 'is not a WAV file'],
    ['a header that ends early', writeWav(silence).subarray(0, 20), 'has no format chunk'],
    ['a file without samples', writeWav(silence).subarray(0, 36), 'has no data chunk'],
    [
      'MP3 in WAV',
      edited((file) => file.writeUInt16LE(85, 20)),
      'has format 85; 1 (PCM), 6 (A-law) and 7 (mu-law) can be read',
    ],
    ['stereo', edited((file) => file.writeUInt16LE(2, 22)), 'has 2 channels; mono can be read'],
    [
      '44.1 kHz',
      edited((file) => file.writeUInt32LE(44_100, 24)),
      'has 44100 samples a second; 8000, 16000, 48000 can be read',
    ],
    [
      '24 bits',
      edited((file) => file.writeUInt16LE(24, 34)),
      'has 24 bits a sample; 16 can be read of pcm16',
    ],
    [
      'mu-law of 16 bits',
      edited((file) => file.writeUInt16LE(16, 34), 'pcmu'),
      'has 16 bits a sample; 8 can be read of pcmu',
    ],
  ])('says what is wrong with %s', (_what, file, defect) => {
    expect(readWav(file)).toEqual({ defect });
  });
});
