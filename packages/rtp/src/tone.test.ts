import { describe, expect, it } from 'vitest';
import { decodeG711, encodeG711 } from './g711.ts';
import { energyShare, generateTone } from './tone.ts';

const sum = (a: Int16Array, b: Int16Array): Int16Array => a.map((sample, index) => sample + b[index]!);
const tone = (frequency: number, amplitude = 0.25): Int16Array =>
  generateTone({ frequency, durationMs: 200, amplitude });

describe('generateTone', () => {
  it('has as many samples as its duration holds', () => {
    expect(generateTone({ frequency: 440, durationMs: 250, sampleRate: 16_000 }).length).toBe(4000);
  });

  it('reaches its amplitude and not more', () => {
    const samples = generateTone({ frequency: 1000, durationMs: 20, amplitude: 1 });
    expect(Math.max(...samples)).toBe(32_767);
    expect(Math.min(...samples)).toBe(-32_767);
  });
});

describe('energyShare', () => {
  it.each([
    ['all of a tone', tone(440), 440, 1],
    ['nothing of another tone', tone(440), 1000, 0],
    ['half of two tones', sum(tone(697), tone(1209)), 697, 0.5],
    ['what the louder has', sum(tone(500, 0.4), tone(1500, 0.2)), 500, 0.8],
    ['nothing of silence', new Int16Array(1600), 440, 0],
    ['nothing of nothing', new Int16Array(0), 440, 0],
  ])('is %s', (_what, samples, frequency, share) => {
    expect(energyShare(samples, frequency)).toBeCloseTo(share, 2);
  });

  it('takes another sample rate', () => {
    const samples = generateTone({ frequency: 3000, durationMs: 100, sampleRate: 48_000 });
    expect(energyShare(samples, 3000, 48_000)).toBeCloseTo(1, 2);
  });

  it('survives G.711', () => {
    expect(energyShare(decodeG711('pcma', encodeG711('pcma', tone(440))), 440)).toBeGreaterThan(0.99);
  });

  it('is small in noise', () => {
    let state = 1;
    const noise = Int16Array.from({ length: 8000 }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return (state % 16_384) - 8192;
    });
    expect(energyShare(noise, 440)).toBeLessThan(0.01);
  });
});
