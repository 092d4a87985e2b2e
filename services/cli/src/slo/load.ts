import { setInterval } from 'node:timers/promises';
import type { Pair } from './pair.ts';
import type { PlacedCall } from './placed-call.ts';

/** Calls that may be up at a time: each has four sockets here. */
export const mostAtOnce = 500;

export interface LoadOptions {
  /** How many calls. */
  readonly calls: number;
  /** Calls a second. */
  readonly rate: number;
  /** How long each of them lasts, in ms. */
  readonly talkTime: number;
}

/** Places calls at a steady rate, by the pairs in turn, until all are placed or the signal comes; then waits for the last. */
export async function placeCalls(
  pairs: readonly Pair[],
  { calls, rate, talkTime }: LoadOptions,
  signal: AbortSignal,
): Promise<PlacedCall[]> {
  const placed: Promise<PlacedCall>[] = [];
  const begin = performance.now();
  const catchUp = (): void => {
    const due = Math.min(calls, 1 + Math.floor(((performance.now() - begin) / 1_000) * rate));
    while (placed.length < due) placed.push(pairs[placed.length % pairs.length]!.place(talkTime, signal));
  };
  catchUp();
  try {
    const turns = placed.length < calls ? setInterval(1_000 / rate, undefined, { signal }) : [];
    for await (const _ of turns) {
      catchUp();
      if (placed.length === calls) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return Promise.all(placed);
}
