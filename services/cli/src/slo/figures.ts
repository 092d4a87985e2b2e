import type { PlacedCall } from './placed-call.ts';

/** What calls amount to. A figure that nothing was measured for is NaN. */
export interface Figures {
  readonly calls: number;
  /** In percent of all calls. */
  readonly answered: number;
  /** Calls whose both sides have heard the other, in percent of those that were answered. */
  readonly heard: number;
  /** Calls that were over before their time. */
  readonly dropped: number;
  /** Milliseconds that 50, 95 and 99 of 100 calls did not exceed. */
  readonly delay: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** RTP packets that never came, in percent. */
  readonly loss: number;
  /** Milliseconds. */
  readonly longestGap: number;
}

export function figuresOf(calls: readonly PlacedCall[]): Figures {
  const answered = calls.filter(({ refused }) => refused === undefined);
  const delays = calls.flatMap(({ postDialDelay }) => postDialDelay ?? []).sort((a, b) => a - b);
  const ends = answered.flatMap(({ heard }) => heard);
  const [packets, lost] = [sum(ends.map((end) => end.packets)), sum(ends.map((end) => end.lost))];
  return {
    calls: calls.length,
    answered: percent(answered.length, calls.length),
    heard: percent(answered.filter(isHeard).length, answered.length),
    dropped: answered.filter(({ dropped }) => dropped !== undefined).length,
    delay: { p50: quantile(delays, 0.5), p95: quantile(delays, 0.95), p99: quantile(delays, 0.99) },
    loss: percent(lost, packets + lost),
    longestGap: ends.length === 0 ? Number.NaN : Math.max(...ends.map((end) => end.longestGap)),
  };
}

function isHeard({ heard }: PlacedCall): boolean {
  return heard.length > 0 && heard.every(({ tone }) => tone);
}

/** How often each cause has kept a call from being answered, or has ended one; the most frequent first. */
export function causesOf(calls: readonly PlacedCall[]): [cause: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { refused, dropped } of calls) {
    const cause = refused ?? dropped;
    if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** The value that a share of the sorted ones does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

function percent(part: number, whole: number): number {
  return (100 * part) / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
