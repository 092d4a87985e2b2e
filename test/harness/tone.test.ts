import { generateTone } from '@tandem/rtp';
import { describe, expect, it } from 'vitest';
import { hear } from './tone.ts';

const sampleRate = 8000;

function audio(...parts: readonly (readonly number[] | Int16Array)[]): {
  samples: Int16Array;
  sampleRate: number;
} {
  return { samples: Int16Array.from(parts.flatMap((part) => [...part])), sampleRate };
}

function tone(frequency: number, durationMs: number): Int16Array {
  return generateTone({ frequency, durationMs });
}

const silence = new Int16Array(4000);

describe('hearing a tone', () => {
  it('finds it clean', () => {
    const { start, share, length } = hear(audio(tone(440, 1000)), 440);
    expect(share).toBeGreaterThan(0.99);
    expect([start, length]).toEqual([0, 1]);
  });

  it('tells when it starts', () => {
    expect(hear(audio(silence, tone(440, 1000)), 440).start).toBe(0.5);
  });

  it('does not find it in silence or in another tone', () => {
    for (const other of [silence, tone(1000, 1000)]) {
      expect(hear(audio(other), 440)).toMatchObject({ start: Number.POSITIVE_INFINITY, share: 0 });
    }
  });

  it('gives each of two tones its share', () => {
    expect(hear(audio(tone(440, 500), tone(1000, 500)), 440).share).toBeCloseTo(0.5, 1);
  });

  it('hears it on through a lost packet', () => {
    const samples = tone(440, 2000);
    expect(hear(audio(samples.subarray(0, 5000), samples.subarray(5160)), 440).share).toBeGreaterThan(0.9);
  });
});
