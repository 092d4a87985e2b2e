import { energyShare, generateTone } from '@tandem/rtp';
import { describe, expect, it } from 'vitest';
import { Recording } from './recording.ts';
import { type AudioSource, silence, tone, wavSource } from './source.ts';
import { ToneMeter } from './tone-meter.ts';

function hear(source: AudioSource, frames: number, ...sinks: { write(samples: Int16Array): void }[]): void {
  for (let frame = 0; frame < frames; frame++) {
    const samples = source.next();
    for (const sink of sinks) sink.write(samples);
  }
}

describe('a source', () => {
  it('of a tone goes on without a break', () => {
    const recording = new Recording();
    hear(tone(437), 120, recording);
    const { samples } = recording.wav;
    expect([samples.length, energyShare(samples, 437)]).toEqual([120 * 160, expect.closeTo(1, 3)]);
  });

  it('of a file says it once, and then nothing', () => {
    const samples = generateTone({ frequency: 440, durationMs: 30 });
    const recording = new Recording();
    hear(wavSource({ sampleRate: 8_000, samples }, 'a.wav'), 3, recording);
    const heard = recording.wav.samples;
    expect([heard.subarray(0, 240), heard.subarray(240)]).toEqual([samples, new Int16Array(240)]);
  });

  it('refuses a file at another rate', () => {
    const wav = { sampleRate: 16_000, samples: new Int16Array(16) };
    expect(() => wavSource(wav, 'a.wav')).toThrow('wav-unusable: a.wav: has 16000 samples a second');
  });
});

describe('a meter', () => {
  it('tells its tone from another, and does not mind silence', () => {
    const [right, wrong] = [new ToneMeter(440), new ToneMeter(1_000)];
    hear(silence, 50, right, wrong);
    hear(tone(440), 50, right, wrong);
    expect([right.share, right.heardMs]).toEqual([expect.closeTo(1, 3), 1_000]);
    expect([wrong.share, wrong.heardMs]).toEqual([expect.closeTo(0, 3), 0]);
  });

  it('loses no more than a window to a lost packet', () => {
    const meter = new ToneMeter(440);
    const source = tone(440);
    hear(source, 48, meter);
    source.next();
    hear(source, 52, meter);
    expect(meter.share).toBeGreaterThan(0.9);
    expect(meter.heardMs).toBe(1_900);
  });

  it('has heard nothing before there is anything to hear, and forgets', () => {
    const meter = new ToneMeter(440);
    expect([meter.share, meter.heardMs]).toEqual([0, 0]);
    hear(tone(440), 20, meter);
    meter.reset();
    expect([meter.share, meter.heardMs]).toEqual([0, 0]);
  });
});
