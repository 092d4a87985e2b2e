import { createHash } from 'node:crypto';
import type { Part } from './parts.ts';

const kinds = ['kill', 'cut'] as const;
export type Kind = (typeof kinds)[number];

/** One disturbance that is planned. */
export interface Planned {
  /** Milliseconds after the calls have begun. */
  readonly at: number;
  readonly kind: Kind;
  readonly part: Part;
  /** Which of the part's nodes, by name: the one at this place, counted on from the first again when there are fewer. */
  readonly rank: number;
}

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
    const round = Math.floor(nth / parts.length);
    const order = parts.toSorted((a, b) => draw(seed, kind, round, a) - draw(seed, kind, round, b));
    const jitter = (draw(seed, index, 'time') / 2 ** 32) * (every / 4);
    return {
      at: Math.round((index + 1) * every - jitter),
      kind,
      part: order[nth % parts.length]!,
      rank: draw(seed, kind, nth, 'rank'),
    };
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
      .toSorted((a, b) => draw(seed, nth, a) - draw(seed, nth, b))
      .map((kind) => ({ kind, nth })),
  );
  return rounds.flat();
}

/** 32 bits by chance, which the arguments alone decide. */
function draw(...what: readonly (number | string)[]): number {
  return createHash('sha256').update(what.join(' ')).digest().readUInt32BE();
}
