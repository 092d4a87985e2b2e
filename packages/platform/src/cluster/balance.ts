import { fnv, scatter } from '../scatter.ts';

/** How new work is spread over the members of a tier. */
export type Balance = 'least-load' | 'round-robin' | 'hash';

export const balances: readonly Balance[] = ['least-load', 'round-robin', 'hash'];

/** What a choice looks at: a `Member` is one. */
export interface Candidate {
  readonly id: string;
  /** Its share of new work against that of others, 1 to 100. */
  readonly weight: number;
  readonly load: number;
  readonly state: 'serving' | 'draining';
}

/** Those that take new work. */
export function serving<T extends Candidate>(members: readonly T[]): readonly T[] {
  return members.filter(({ state }) => state === 'serving');
}

/**
 * The member of a key: the same on every node that knows the same members, and of another member only when that one
 * came or went (rendezvous hashing, with weights by the logarithmic method).
 */
export function rendezvous<T extends Candidate>(members: readonly T[], key: string): T | undefined {
  return highest(serving(members), ({ id, weight }) => -weight / Math.log(uniform(key, id)));
}

/** What each member is owed, by id. */
export type Credits = Map<string, number>;

/** Takes turns by weight, evenly: 3:1 is a a b a, not a a a b (smooth weighted round robin). */
export function smoothRoundRobin<T extends Candidate>(
  members: readonly T[],
  credits: Credits,
): T | undefined {
  const open = serving(members);
  const total = open.reduce((sum, { weight }) => sum + weight, 0);
  for (const { id, weight } of open) credits.set(id, (credits.get(id) ?? 0) + weight);
  const chosen = highest(open, ({ id }) => credits.get(id)!);
  if (chosen) credits.set(chosen.id, credits.get(chosen.id)! - total);
  return chosen;
}

/** The members with the least load by weight; `assigned` is what each was given since it told its load. */
export function leastLoaded<T extends Candidate>(
  members: readonly T[],
  assigned: (member: T) => number,
): readonly T[] {
  const open = serving(members);
  const loads = open.map((member) => (member.load + assigned(member)) / member.weight);
  const least = Math.min(...loads);
  return open.filter((_, index) => loads[index] === least);
}

function highest<T>(members: readonly T[], score: (member: T) => number): T | undefined {
  let best: T | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const member of members) {
    const value = score(member);
    if (value > most) [best, most] = [member, value];
  }
  return best;
}

const outcomes = 2 ** 32;

/** A number between 0 and 1, neither included, that a key and an id always have. */
function uniform(key: string, id: string): number {
  return (scatter(fnv(key, scatter(fnv(id)))) + 0.5) / outcomes;
}
