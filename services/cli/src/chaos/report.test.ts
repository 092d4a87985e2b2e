import { describe, expect, it } from 'vitest';
import type { PlacedCall } from '../slo/placed-call.ts';
import { reportOf } from '../slo/report.ts';
import type { Death } from './deaths.ts';
import { chaosLines, chaosReport } from './report.ts';

const seed = { seed: 7, planned: 2 };
const media: Death = { at: 11_000, tier: 'media', name: 'media-1' };
const edge: Death = { at: 21_000, tier: 'edge', name: 'edge-0' };

function call(at: number, over: number, longestGap: number): PlacedCall {
  const end = { tone: true, packets: 100, lost: 0, longestGap };
  return { at, over, postDialDelay: 5, heard: [end, end] };
}

/** The lines about deaths, and whether all is met. */
function told(deaths: readonly Death[], calls: readonly PlacedCall[]): [boolean, string[]] {
  const report = chaosReport(reportOf(calls, { answered: 0, dropped: 9 }), seed, deaths, calls);
  return [report.met, chaosLines(report).filter((line) => /^(chaos|killed|spared|missed kills)/.test(line))];
}

describe('the report of chaos', () => {
  it('tells of each death when it was and what happened to calls until the next one', () => {
    const calls = [
      call(1_000, 10_000, 20),
      call(2_000, 12_000, 700),
      { ...call(10_000, 15_000, 300), dropped: 'ended' },
      { at: 21_500, over: 22_000, postDialDelay: undefined, refused: 'silent', heard: [] },
      call(22_000, 23_000, 40),
    ];
    expect(told([media, edge], calls)).toEqual([
      true,
      [
        'chaos seed=7 planned=2 killed=2',
        'killed at=10s tier=media node=media-1 up=2 refused=0 dropped=1 gap=700ms',
        'killed at=20s tier=edge node=edge-0 up=0 refused=1 dropped=0 gap=40ms',
      ],
    ]);
  });

  it('is missed when a tier had nobody to spare', () => {
    expect(told([{ ...media, name: undefined }, edge], [call(1_000, 30_000, 20)])).toEqual([
      false,
      [
        'chaos seed=7 planned=2 killed=1',
        'spared at=10s tier=media reason=the tier has nobody to spare',
        'killed at=20s tier=edge node=edge-0 up=1 refused=0 dropped=0 gap=20ms',
        'missed kills: 1, 2 were planned',
      ],
    ]);
  });

  it('lists every objective with its limit', () => {
    const calls = [call(1_000, 30_000, 20)];
    const lines = chaosLines(chaosReport(reportOf(calls, {}), seed, [media, edge], calls));
    expect(lines.filter((line) => line.startsWith('met '))).toEqual([
      'met answered: 100%, at least 99.9% is wanted',
      'met heard: 100%, at least 99.9% is wanted',
      'met dropped: 0, at most 0 is wanted',
      'met delay-p95: 5ms, at most 1000ms is wanted',
      'met delay-p99: 5ms, at most 2000ms is wanted',
      'met loss: 0%, at most 1% is wanted',
      'met gap: 20ms, at most 1000ms is wanted',
    ]);
    expect(lines.at(-1)).toMatch(/^slo met calls=1 /);
  });
});
