/**
 * What the numbers of an edge's connections begin after, by when the edge started: those of its next life are higher
 * than all before, unless it took more than 64 connections in each millisecond.
 */
export function firstConnection(startedMs: number): number {
  return Math.floor(startedMs) * 64;
}
