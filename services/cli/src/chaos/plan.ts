import { createHash } from 'node:crypto';
import type { Tier } from '@tandem/platform';

/** One death that is planned. */
export interface Kill {
  /** Milliseconds after the calls have begun. */
  readonly at: number;
  readonly tier: Tier;
  /** Which of the tier's nodes, by name: the one at this place, counted on from the first again when there are fewer. */
  readonly rank: number;
}

export interface PlanOptions {
  readonly tiers: readonly Tier[];
  readonly kills: number;
  /** Milliseconds from one to the next, of which up to a quarter is left to chance. */
  readonly every: number;
}

/** Who dies when: the same for the same seed. Each tier has its turn before one has another. */
export function planOf(seed: number, { tiers, kills, every }: PlanOptions): Kill[] {
  return Array.from({ length: kills }, (_, index) => {
    const round = Math.floor(index / tiers.length);
    const order = tiers.toSorted((a, b) => draw(seed, round, a) - draw(seed, round, b));
    const jitter = (draw(seed, index, 'time') / 2 ** 32) * (every / 4);
    return {
      at: Math.round((index + 1) * every - jitter),
      tier: order[index % tiers.length]!,
      rank: draw(seed, index, 'rank'),
    };
  });
}

/** 32 bits by chance, which the arguments alone decide. */
function draw(...what: readonly (number | string)[]): number {
  return createHash('sha256').update(what.join(' ')).digest().readUInt32BE();
}
