import type { Branch } from './branch.ts';

/**
 * Milliseconds that one of several targets may be silent before the next one is tried: a server has had the request four
 * times, and even one that takes its time has sent 100 (RFC 4320 §4.1). The last one has all of timer B or F.
 */
export const targetPatience = 4_000;

/** Milliseconds that a branch may be silent; undefined where nobody else may take the request, or it may be for long. */
export function patienceWith({ destination, hops }: Branch, hasOthers: boolean): number | undefined {
  if (!(hops?.hasMore || hasOthers)) return undefined;
  return destination.patience ?? (hops?.hasMore ? targetPatience : undefined);
}
