import { describe, expect, it } from 'vitest';
import { Pulse, tickMs } from './pulse.ts';

/** Runs a pulse in steps, with an echo every 250 ms where the bus works. */
function run(pulse: Pulse, from: number, to: number, busWorks = true): number {
  for (let now = from; now <= to; now += tickMs) {
    pulse.tick(now);
    if (busWorks && now % 250 === 0) pulse.echo(now);
  }
  return to;
}

describe('Pulse', () => {
  it('judges nobody before it has heard itself', () => {
    const pulse = new Pulse(0);
    run(pulse, 0, 5_000, false);
    expect(pulse.blind).toBe(true);
    expect(pulse.silence(0, 5_000)).toBeLessThan(0);
    pulse.echo(5_000);
    expect(pulse.silence(0, 5_100)).toBe(100);
  });

  it('counts silence while the bus works', () => {
    const pulse = new Pulse(0);
    run(pulse, 0, 1_000);
    expect(pulse.silence(400, 1_000)).toBe(600);
    expect(pulse.provenSilence(400)).toBe(600);
  });

  it('is blind when the bus is silent, and gives others time when it is back', () => {
    const pulse = new Pulse(0);
    run(pulse, 0, 1_000);
    run(pulse, 1_050, 1_500, false);
    expect(pulse.blind).toBe(false);
    expect(pulse.provenSilence(1_000)).toBe(0);
    expect(pulse.tick(1_550)).toBe(true);
    expect(pulse.silence(1_000, 1_550)).toBeLessThan(0);
    run(pulse, 3_000, 5_000);
    expect(pulse.silence(1_000, 5_000)).toBe(0);
    expect(pulse.silence(1_000, 5_400)).toBe(400);
  });

  it('does not count the time for which its own loop stood still', () => {
    const pulse = new Pulse(0);
    run(pulse, 0, 1_000);
    expect(pulse.tick(9_000)).toBe(false);
    expect(pulse.silence(1_000, 9_000)).toBe(0);
    pulse.echo(9_001);
    run(pulse, 9_050, 9_500);
    expect(pulse.silence(1_000, 9_500)).toBe(500);
  });
});
