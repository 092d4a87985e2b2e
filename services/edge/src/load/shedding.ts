/** How much of what it can an edge does, by what would give out first: 0 is idle, 1 is all of it. */
export interface Pressure {
  /** Of the processor time of its thread. */
  readonly processor: number;
  /** How late its timers fire: others take the processor away. */
  readonly lag: number;
  /** Of the transactions that it may have. */
  readonly transactions: number;
  /** Of the time that routers may take, and of the requests that may wait for them. */
  readonly router: number;
}

export type Bottleneck = keyof Pressure;

/** What an edge takes of the calls that come. */
export interface Shedding {
  /** The share of calls that is let in, 0 to 1. */
  readonly admitted: number;
  /** Milliseconds for which it has been saturated without a break. */
  readonly saturatedMs: number;
}

export const unshed: Shedding = { admitted: 1, saturatedMs: 0 };

/** From here on an edge is saturated: there may be more to do than can be seen. */
const saturated = 0.97;
/** What is aimed at while calls are shed: there is time left, so that nothing waits. */
const target = 0.93;
/** Milliseconds of saturation before anything is shed: a burst, or a collection of garbage, passes by itself. */
const patienceMs = 3_000;
/** The most that the share changes in one step. */
const fall = 0.9;
const rise = 1.15;
/** Never less: what is let in shows whether there is room again. */
const least = 0.02;

/** The part that is closest to giving out. */
export function bottleneckOf(pressure: Pressure): Bottleneck {
  const parts = Object.keys(pressure) as Bottleneck[];
  return parts.reduce((most, part) => (pressure[part] > pressure[most] ? part : most));
}

/**
 * The share of calls to let in next, by what the share before has led to within some milliseconds: as much less as it
 * was too much (the occupancy algorithm of overload control), in small steps, and all again when there is room.
 */
export function nextShedding(before: Shedding, occupancy: number, elapsedMs: number): Shedding {
  const saturatedMs = occupancy >= saturated ? before.saturatedMs + elapsedMs : 0;
  if (before.admitted === 1 && saturatedMs < patienceMs) return { admitted: 1, saturatedMs };
  const wanted = occupancy >= saturated ? fall : target / Math.max(occupancy, Number.EPSILON);
  const factor = Math.min(rise, Math.max(fall, wanted));
  return { admitted: Math.min(1, Math.max(least, before.admitted * factor)), saturatedMs };
}

/** What a request is, as far as it matters who goes first. */
export type Rank = 'first' | 'registration' | 'call' | 'probe';

/**
 * The share of requests of a rank that is let in. What goes on, and calls for help, come first. A registration costs a
 * tenth of a call, and a phone that loses it is not reached any more: calls are shed down to a quarter before any of
 * those. What only asks whether somebody is there goes before anything else does.
 */
export function admittedOf(rank: Rank, { admitted }: Shedding): number {
  switch (rank) {
    case 'first':
      return 1;
    case 'registration':
      return Math.min(1, admitted * 4);
    case 'call':
      return admitted;
    case 'probe':
      return Math.max(0, admitted * 2 - 1);
  }
}
