import type { Figures } from './figures.ts';

/** What a figure has to be at least, or at most. */
export interface Objective<F = Figures> {
  readonly name: string;
  readonly unit: '%' | 'ms' | 'calls';
  readonly bound: 'min' | 'max';
  /** Unless the user says otherwise. */
  readonly limit: number;
  readonly meaning: string;
  readonly of: (figures: F) => number;
}

export const objectives: readonly Objective[] = [
  {
    name: 'answered',
    unit: '%',
    bound: 'min',
    limit: 99.9,
    meaning: 'share of the calls that are answered',
    of: ({ answered }) => answered,
  },
  {
    name: 'heard',
    unit: '%',
    bound: 'min',
    limit: 99.9,
    meaning: "share of the answered calls in which both sides hear the other's tone",
    of: ({ heard }) => heard,
  },
  {
    name: 'dropped',
    unit: 'calls',
    bound: 'max',
    limit: 0,
    meaning: 'calls that are over before their time',
    of: ({ dropped }) => dropped,
  },
  {
    name: 'delay-p95',
    unit: 'ms',
    bound: 'max',
    limit: 1_000,
    meaning: 'post-dial delay that 95 of 100 calls do not exceed',
    of: ({ delay }) => delay.p95,
  },
  {
    name: 'delay-p99',
    unit: 'ms',
    bound: 'max',
    limit: 2_000,
    meaning: 'post-dial delay that 99 of 100 calls do not exceed',
    of: ({ delay }) => delay.p99,
  },
  {
    name: 'loss',
    unit: '%',
    bound: 'max',
    limit: 1,
    meaning: 'RTP packets that never come',
    of: ({ loss }) => loss,
  },
  {
    name: 'gap',
    unit: 'ms',
    bound: 'max',
    limit: 1_000,
    meaning: 'longest time without RTP in a call',
    of: ({ longestGap }) => longestGap,
  },
];

/** What became of an objective. */
export interface Judgement {
  readonly name: string;
  readonly unit: Objective['unit'];
  readonly bound: Objective['bound'];
  readonly limit: number;
  /** NaN when nothing was measured, which is a miss. */
  readonly value: number;
  readonly met: boolean;
}

/** Judges each objective, by the limits that are given by name, else by its own. */
export function judge<F>(
  objectives: readonly Objective<F>[],
  figures: F,
  limits: Readonly<Record<string, number>> = {},
): Judgement[] {
  return objectives.map(({ name, unit, bound, limit: own, of }) => {
    const [limit, value] = [limits[name] ?? own, of(figures)];
    return { name, unit, bound, limit, value, met: bound === 'min' ? value >= limit : value <= limit };
  });
}
