import { chance } from './chance.ts';
import type { Part } from './parts.ts';
import { type Harm, harmOf } from './spoiling.ts';

const kinds = ['kill', 'cut', 'spoil'] as const;
type Kind = (typeof kinds)[number];

/** Who dies, or is cut off. */
export interface PlannedLoss {
  /** Milliseconds after the calls have begun. */
  readonly at: number;
  readonly kind: 'kill' | 'cut';
  readonly part: Part;
  /** Which of the part's nodes, by name: the one at this place, counted on from the first again when there are fewer. */
  readonly rank: number;
}

/** What befalls the RTP of phones. */
export interface PlannedHarm extends Pick<PlannedLoss, 'at'> {
  readonly kind: 'spoil';
  readonly harm: Harm;
}

/** One disturbance that is planned. */
export type Planned = PlannedLoss | PlannedHarm;

export interface PlanOptions {
  readonly parts: readonly Part[];
  /** How many of each kind. */
  readonly counts: Readonly<Record<Kind, number>>;
  /** Milliseconds from one to the next, of which up to a quarter is left to chance. */
  readonly every: number;
}

/** What befalls whom when: the same for the same seed. Each kind, and of a kind each part, has its turn before one has another. */
export function planOf(seed: number, { parts, counts, every }: PlanOptions): Planned[] {
  return kindsOf(seed, counts).map(({ kind, nth }, index) => {
    const at = Math.round((index + 1) * every - chance(seed, index, 'time') * (every / 4));
    if (kind === 'spoil') return { at, kind, harm: harmOf(seed, nth) };
    const round = Math.floor(nth / parts.length);
    const order = parts.toSorted((a, b) => chance(seed, kind, round, a) - chance(seed, kind, round, b));
    const rank = Math.floor(chance(seed, kind, nth, 'rank') * 2 ** 32);
    return { at, kind, part: order[nth % parts.length]!, rank };
  });
}

/** Of which kind each one is, and the how manieth of it. */
function kindsOf(
  seed: number,
  counts: PlanOptions['counts'],
): { readonly kind: Kind; readonly nth: number }[] {
  const rounds = Array.from({ length: Math.max(...Object.values(counts)) }, (_, nth) =>
    kinds
      .filter((kind) => counts[kind] > nth)
      .toSorted((a, b) => chance(seed, nth, a) - chance(seed, nth, b))
      .map((kind) => ({ kind, nth })),
  );
  return rounds.flat();
}
