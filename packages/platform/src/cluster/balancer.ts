import {
  type Balance,
  type Candidate,
  type Credits,
  leastLoaded,
  rendezvous,
  smoothRoundRobin,
} from './balance.ts';

/** Milliseconds after which what a member was given is in the load that it tells, even if it looks the same. */
const settledMs = 1_000;

/** What a member was given since its last beat. */
interface Assigned {
  readonly to: Candidate;
  readonly since: number;
  count: number;
}

/** Chooses members for new work, one after the other. None that drains is ever chosen. */
export class Balancer {
  readonly #balance: Balance;
  readonly #now: () => number;
  readonly #credits: Credits = new Map();
  readonly #assigned = new Map<string, Assigned>();

  /** `now` is in milliseconds. */
  constructor(balance: Balance, now: () => number = () => performance.now()) {
    this.#balance = balance;
    this.#now = now;
  }

  /**
   * The member for a piece of work; undefined when none serves. The key is what the work is about, such as its Call-ID,
   * From, To or Request-URI; only `hash` looks at it.
   */
  pick<T extends Candidate>(members: readonly T[], key: string): T | undefined {
    switch (this.#balance) {
      case 'hash':
        return rendezvous(members, key);
      case 'round-robin':
        this.#forget(members);
        return smoothRoundRobin(members, this.#credits);
      case 'least-load':
        this.#forget(members);
        return this.#leastLoaded(members);
    }
  }

  /** A burst between two beats does not all go to the one that was idle at the first. */
  #leastLoaded<T extends Candidate>(members: readonly T[]): T | undefined {
    const now = this.#now();
    const idlest = leastLoaded(members, (member) => this.#current(member, now)?.count ?? 0);
    const chosen = smoothRoundRobin(idlest, this.#credits);
    if (chosen) this.#count(chosen, now);
    return chosen;
  }

  #count(member: Candidate, now: number): void {
    const current = this.#current(member, now);
    if (current) current.count++;
    else this.#assigned.set(member.id, { to: member, since: now, count: 1 });
  }

  /** A member that beats is a new object. */
  #current(member: Candidate, now: number): Assigned | undefined {
    const assigned = this.#assigned.get(member.id);
    return assigned?.to === member && now - assigned.since < settledMs ? assigned : undefined;
  }

  /** Members that are gone. */
  #forget(members: readonly Candidate[]): void {
    if (Math.max(this.#credits.size, this.#assigned.size) <= members.length) return;
    const known = new Set(members.map(({ id }) => id));
    for (const map of [this.#credits, this.#assigned]) {
      for (const id of map.keys()) if (!known.has(id)) map.delete(id);
    }
  }
}
