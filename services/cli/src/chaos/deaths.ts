import { setTimeout as delay } from 'node:timers/promises';
import type { Tier } from '@tandem/platform';
import type { Kill } from './plan.ts';
import type { Population } from './population.ts';

/** What became of a planned death. */
export interface Death {
  /** By `performance.now()`. */
  readonly at: number;
  readonly tier: Tier;
  /** Who died; undefined when the tier had nobody to spare. */
  readonly name: string | undefined;
}

/** Kills by a plan that began at `begin`, by `performance.now()`, until it is done or the signal comes. */
export async function kill(
  plan: readonly Kill[],
  population: Population,
  begin: number,
  signal: AbortSignal,
): Promise<Death[]> {
  const deaths: Death[] = [];
  for (const { at, tier, rank } of plan) {
    await delay(Math.max(0, begin + at - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const names = (await population.of(tier)).toSorted();
    // The last one of a tier is not a death that anything could outlive.
    const name = names.length > 1 ? names[rank % names.length] : undefined;
    deaths.push({ at: performance.now(), tier, name });
    if (name !== undefined) await population.kill(name);
  }
  return deaths;
}
