import { describe, expect, it } from 'vitest';
import type { PlacedCall } from '../slo/placed-call.ts';
import type { Disturbance } from './disturbances.ts';
import { chaosLines, chaosReport } from './report.ts';

const media: Disturbance = { at: 11_000, until: 11_000, kind: 'kill', part: 'media', name: 'media-1' };
const edge: Disturbance = {
  at: 21_000,
  until: 23_000,
  kind: 'cut',
  part: 'edge',
  name: 'edge-0',
  by: 'iptables',
};

function call(at: number, over: number, longestGap: number): PlacedCall {
  const end = { tone: true, packets: 100, lost: 0, longestGap };
  return { at, over, postDialDelay: 5, heard: [end, end] };
}

function refused(at: number, over: number, cause: string = 'silent'): PlacedCall {
  return { at, over, postDialDelay: undefined, refused: cause, heard: [] };
}

function report(disturbances: readonly Disturbance[], calls: readonly PlacedCall[]) {
  return chaosReport({ seed: 7, planned: 2, disturbances, calls }, { answered: 0, dropped: 9 });
}

/** The lines about disturbances, and whether all is met. */
function told(disturbances: readonly Disturbance[], calls: readonly PlacedCall[]): [boolean, string[]] {
  const reported = report(disturbances, calls);
  const about = /^(chaos|killed|cut|spoiled|spared|expected|excused|missed)/;
  return [reported.met, chaosLines(reported).filter((line) => about.test(line))];
}

describe('the report of chaos', () => {
  it('tells of each disturbance when it was and what happened to calls until the next one', () => {
    const calls = [
      call(1_000, 10_000, 20),
      call(2_000, 12_000, 700),
      { ...call(10_000, 15_000, 300), dropped: 'ended' },
      refused(21_500, 22_000),
      refused(24_500, 25_000),
      call(22_000, 24_000, 40),
    ];
    expect(told([media, edge], calls)).toEqual([
      true,
      [
        'chaos seed=7 planned=2 done=2',
        'killed at=10s part=media node=media-1 up=2 refused=0 dropped=1 gap=700ms recovery=0ms',
        'cut at=20s part=edge node=edge-0 by=iptables for=2s up=0 refused=2 dropped=0 gap=40ms recovery=1500ms',
      ],
    ]);
  });

  it('is missed when a part had nobody to spare', () => {
    expect(told([{ ...media, spared: 'nobody' }, edge], [call(1_000, 30_000, 20)])).toEqual([
      false,
      [
        'chaos seed=7 planned=2 done=1',
        'spared at=10s kind=kill part=media reason=nobody',
        'cut at=20s part=edge node=edge-0 by=iptables for=2s up=1 refused=0 dropped=0 gap=20ms recovery=0ms',
        'missed disturbances: 1, 2 were planned',
      ],
    ]);
  });

  it('is missed when calls are not answered again for too long', () => {
    const [met, lines] = told([media, edge], [call(1_000, 30_000, 20), refused(33_001, 33_100)]);
    expect([met, lines.at(-1)]).toEqual([false, 'missed recovery: 10001ms, at most 10000ms is wanted']);
  });

  it('tells how RTP was spoiled', () => {
    const harm = { seed: '7 0', lost: 0.06, late: 0.1, lateMs: 40, twice: 0.02, withheld: 12, repeated: 3 };
    const spoil: Disturbance = { at: 21_000, until: 26_000, kind: 'spoil', harm };
    expect(told([media, spoil], [call(1_000, 30_000, 20)])[1].at(-1)).toBe(
      'spoiled at=20s for=5s lost=6% late=10%,40ms twice=2% withheld=12 repeated=3 up=1 refused=0 dropped=0 gap=20ms recovery=0ms',
    );
  });

  it('lists every objective with its limit', () => {
    const lines = chaosLines(report([media, edge], [call(1_000, 30_000, 20)]));
    expect(lines.filter((line) => line.startsWith('met '))).toEqual([
      'met answered: 100%, at least 0% is wanted',
      'met heard: 100%, at least 99.9% is wanted',
      'met dropped: 0, at most 9 is wanted',
      'met delay-p95: 5ms, at most 1000ms is wanted',
      'met delay-p99: 5ms, at most 2000ms is wanted',
      'met loss: 0%, at most 1% is wanted',
      'met gap: 20ms, at most 1000ms is wanted',
      'met recovery: 0ms, at most 10000ms is wanted',
    ]);
    expect(lines.at(-1)).toMatch(/^slo met calls=1 /);
  });
});

describe('a server that is away, in the report of chaos', () => {
  const nats: Disturbance = { ...edge, part: 'nats', name: 'nats-0' };
  const unavailable = 'call-refused: 503 Service Unavailable';

  it('excuses calls that are refused as its absence has it, but not what comes after it for long', () => {
    const calls = [
      call(1_000, 30_000, 20),
      refused(22_000, 22_100, unavailable),
      refused(25_000, 25_100, unavailable),
    ];
    expect(told([media, nats], calls)[1].slice(2)).toEqual([
      'cut at=20s part=nats node=nats-0 by=iptables for=2s up=1 refused=2 dropped=0 gap=20ms recovery=2000ms',
      'expected nats away: calls go on, new ones meet 503 until it is back',
      'excused calls=2',
    ]);
  });

  it.each([
    { why: 'it is for another reason', disturbance: nats, refusal: refused(22_000, 22_100) },
    { why: 'it was before', disturbance: nats, refusal: refused(12_000, 12_100, unavailable) },
    {
      why: 'it was spared',
      disturbance: { ...nats, spared: 'nobody' },
      refusal: refused(22_000, 22_100, unavailable),
    },
    {
      why: 'it is another server',
      disturbance: { ...nats, part: 'etcd' as const },
      refusal: refused(22_000, 22_100, unavailable),
    },
  ])('excuses none when $why', ({ disturbance, refusal }) => {
    expect(report([media, disturbance], [call(1_000, 30_000, 20), refusal]).figures.answered).toBe(50);
  });
});
