import { describe, expect, it } from 'vitest';
import { Reception } from './reception.ts';

const slot = 3;

function heard(sequences: readonly number[], ssrc = 7, reception = new Reception(5)): Reception {
  for (const sequence of sequences) reception.receive(slot, ssrc, sequence);
  return reception;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (from + index) & 0xffff);
}

describe('loss', () => {
  it.each([
    ['none in a stream without a gap', range(10, 100), 0],
    ['none before a stream has proven itself', [10, 500, 20, 900], 0],
    ['one packet', [10, 11, 13, 14], 1],
    ['none when packets change places', [10, 11, 13, 12, 14], 0],
    ['none when a packet comes twice', [10, 11, 12, 12, 13], 0],
    ['packets around the end of the numbers', [65_533, 65_534, 1, 2], 2],
    ['none in a long stream that wraps twice', range(65_000, 140_000), 0],
    ['a gap as wide as is still believed', [10, 11, 11 + 2999], 2998],
    ['none for one stray packet from far away', [10, 11, 40_000, 12, 13], 0],
    ['what was lost before a restart', [10, 11, 13, 40_000, 40_001, 40_002], 1],
  ])('counts %s', (_what, sequences, lost) => {
    expect(heard(sequences).lost(slot)).toBe(lost);
  });

  it('keeps what was lost before a new source took over', () => {
    const reception = heard([10, 11, 14], 7);
    heard([900, 901, 903], 8, reception);
    expect(reception.lost(slot)).toBe(3);
  });

  it('says which packets are believed', () => {
    const reception = new Reception(5);
    const believed = [10, 11, 12, 40_000, 40_001, 40_002].map((n) => reception.receive(slot, 7, n));
    expect(believed).toEqual([false, true, true, false, true, true]);
  });

  it('starts from nothing once cleared', () => {
    const reception = heard([10, 11, 14]);
    reception.clear(slot);
    expect(reception.lost(slot)).toBe(0);
    expect(reception.hears(slot, 7)).toBe(false);
    expect(heard([50, 51, 53], 7, reception).lost(slot)).toBe(1);
  });

  it('keeps slots apart', () => {
    const reception = heard([10, 11, 14]);
    expect(reception.lost(slot - 1)).toBe(0);
    expect(reception.lost(slot + 1)).toBe(0);
  });
});

describe('continuity', () => {
  const cases: [string, number, number, boolean][] = [
    ['the next packet', 7, 12, true],
    ['one after losses', 7, 500, true],
    ['one that was heard', 7, 11, false],
    ['an old one', 7, 5, false],
    ['one too far ahead', 7, 11 + 3000, false],
    ['another source', 8, 12, false],
  ];
  it.each(cases)('of %s', (_what, ssrc, sequence, expected) => {
    expect(heard([10, 11]).continues(slot, ssrc, sequence)).toBe(expected);
  });

  it('wraps', () => {
    expect(heard([65_534, 65_535]).continues(slot, 7, 0)).toBe(true);
  });

  it('is nobody’s when nothing was heard', () => {
    expect(new Reception(5).continues(slot, 0, 1)).toBe(false);
  });
});

describe('jitter', () => {
  function timed(arrivals: readonly number[], timestamps: readonly number[]): number {
    const reception = new Reception(5);
    for (const [index, arrival] of arrivals.entries()) reception.time(slot, timestamps[index]!, arrival);
    return reception.jitter(slot);
  }

  it('is nothing when packets come as they were sent', () => {
    expect(timed([0, 160, 320, 480], [1000, 1160, 1320, 1480])).toBe(0);
  });

  it('moves by a sixteenth of each difference', () => {
    expect(timed([0, 176, 320], [0, 160, 320])).toBeCloseTo(1 + (16 - 1) / 16, 10);
  });

  it('settles at the mean difference', () => {
    const packets = range(0, 2000);
    const jitter = timed(
      packets.map((n) => n * 160 + (n % 2) * 40),
      packets.map((n) => n * 160),
    );
    expect(jitter).toBeCloseTo(40, 5);
  });

  it('is not disturbed when the timestamp wraps', () => {
    expect(timed([0, 160, 320], [0xffffffff - 159, 0, 160])).toBe(0);
  });

  it('takes nothing from packets of one instant', () => {
    expect(timed([0, 160, 320, 480], [0, 160, 160, 480])).toBe(0);
  });

  it('starts from nothing once cleared', () => {
    const reception = new Reception(5);
    reception.time(slot, 0, 0);
    reception.time(slot, 160, 500);
    reception.clear(slot);
    reception.time(slot, 9999, 0);
    expect(reception.jitter(slot)).toBe(0);
  });
});
