import type { Objective } from '../slo/objective.ts';
import type { PlacedCall } from '../slo/placed-call.ts';

export const recovery: Objective<{ readonly recovery: number }> = {
  name: 'recovery',
  unit: 'ms',
  bound: 'max',
  limit: 10_000,
  meaning: 'time from the end of a disturbance until calls are answered again',
  of: (figures) => figures.recovery,
};

/** Milliseconds from `until` to when the last of these calls was placed that nobody answered. */
export function recoveryAfter(until: number, calls: readonly PlacedCall[]): number {
  const failed = calls.filter(({ refused }) => refused !== undefined);
  return Math.max(0, ...failed.map(({ at }) => at - until));
}
