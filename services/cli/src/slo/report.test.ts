import { describe, expect, it } from 'vitest';
import type { Heard, PlacedCall } from './placed-call.ts';
import { reportLines, reportOf } from './report.ts';

const well: Heard = { tone: true, packets: 99, lost: 1, longestGap: 40 };

function answered(postDialDelay: number, ends: readonly Heard[] = [well, well]): PlacedCall {
  return { at: 0, over: 1_000, postDialDelay, heard: ends };
}

const refused: PlacedCall = {
  at: 0,
  over: 9,
  postDialDelay: undefined,
  refused: 'call-refused: 503',
  heard: [],
};

/** The lines of a report, and whether all is met. */
function told(calls: readonly PlacedCall[], limits: Record<string, number> = {}): [boolean, string[]] {
  const report = reportOf(calls, limits);
  return [report.met, reportLines(report)];
}

describe('the report of calls', () => {
  it('has quantiles of the post-dial delay, the loss of all packets and the longest gap of any call', () => {
    const calls = Array.from({ length: 100 }, (_, index) => answered(100 - index));
    const late = answered(7, [well, { ...well, longestGap: 333 }]);
    expect(told([...calls, late])).toEqual([
      true,
      [
        'slo met calls=101 answered=100% delay-p50=50ms delay-p95=95ms delay-p99=99ms heard=100% loss=1% gap=333ms dropped=0',
      ],
    ]);
  });

  it('names each objective that is missed, and why calls have failed, the most frequent cause first', () => {
    const cut: PlacedCall = { ...answered(3_000), dropped: 'ended by=remote status=200 reason=OK' };
    const deaf = answered(1, [well, { tone: false, packets: 0, lost: 0, longestGap: 0 }]);
    expect(told([cut, refused, refused, deaf])).toEqual([
      false,
      [
        'failed calls=2 call-refused: 503',
        'failed calls=1 ended by=remote status=200 reason=OK',
        'missed answered: 50%, at least 99.9% is wanted',
        'missed heard: 50%, at least 99.9% is wanted',
        'missed dropped: 1, at most 0 is wanted',
        'missed delay-p95: 3000ms, at most 1000ms is wanted',
        'missed delay-p99: 3000ms, at most 2000ms is wanted',
        'slo missed calls=4 answered=50% delay-p50=1ms delay-p95=3000ms delay-p99=3000ms heard=50% loss=1% gap=40ms dropped=1',
      ],
    ]);
  });

  it('judges by the limits that are given', () => {
    expect(told([answered(8)], { loss: 0.5, gap: 39, 'delay-p95': 8 })[1]).toEqual([
      'missed loss: 1%, at most 0.5% is wanted',
      'missed gap: 40ms, at most 39ms is wanted',
      expect.stringMatching(/^slo missed /),
    ]);
    expect(told([answered(8), refused], { answered: 50 })[0]).toBe(true);
  });

  it('misses what nothing was measured for', () => {
    expect(told([refused], { answered: 0 })[1]).toContain('missed loss: none, at most 1% is wanted');
  });
});
