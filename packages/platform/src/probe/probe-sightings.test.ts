import { describe, expect, it } from 'vitest';
import { ProbeSightings, probeTime } from './probe-sightings.ts';

const sighting = { port: 20_000, host: '192.0.2.1', sourcePort: 4_000 };

describe('a probe', () => {
  it('is seen from when it was announced until its time is over', () => {
    const probes = new ProbeSightings();
    expect(probes.isIdle).toBe(true);
    expect(probes.saw('a', sighting, 0)).toBe(false);
    probes.begin('a', 0);
    expect(probes.saw('a', sighting, probeTime - 1)).toBe(true);
    expect(probes.saw('a', sighting, probeTime)).toBe(false);
    expect(probes.of('a')).toEqual([sighting]);
    expect(probes.of('b')).toEqual([]);
  });

  it('is answered no more often than is needed', () => {
    const probes = new ProbeSightings();
    probes.begin('a', 0);
    const answered = Array.from({ length: 100 }, () => probes.saw('a', sighting, 1)).filter(Boolean);
    expect(answered).toHaveLength(64);
  });

  it('makes room for the ninth one', () => {
    const probes = new ProbeSightings();
    for (let index = 0; index < 9; index++) probes.begin(String(index), index);
    expect(probes.saw('0', sighting, 10)).toBe(false);
    expect(probes.saw('8', sighting, 10)).toBe(true);
  });
});
