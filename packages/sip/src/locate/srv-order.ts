import type { SrvRecord } from './records.ts';

/**
 * The records in the order in which they are tried: by priority, and at random by weight within one (RFC 2782).
 * `random` gives numbers from 0 up to 1.
 */
export function orderSrv(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const byPriority = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: SrvRecord[] = [];
  for (let at = 0; at < byPriority.length; ) {
    const { priority } = byPriority[at]!;
    const end = byPriority.findIndex((record, index) => index > at && record.priority !== priority);
    const next = end === -1 ? byPriority.length : end;
    ordered.push(...byWeight(byPriority.slice(at, next), random));
    at = next;
  }
  return ordered;
}

/** Those without weight come first, so that each has a small chance. */
function byWeight(left: SrvRecord[], random: () => number): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  while (left.length > 0) {
    const sum = left.reduce((total, { weight }) => total + weight, 0);
    let drawn = Math.floor(random() * (sum + 1));
    let index = 0;
    while (drawn > left[index]!.weight) drawn -= left[index++]!.weight;
    ordered.push(...left.splice(index, 1));
  }
  return ordered;
}

/** In an order that is as likely as any other. */
export function shuffle<T>(values: readonly T[], random: () => number): T[] {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
