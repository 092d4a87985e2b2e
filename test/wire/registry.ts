import type { Edge } from '@tandem/edge';
import type { Member, Membership, MembershipChange, Tier } from '@tandem/platform';

/** What an edge announces of itself. */
export type EdgeAnnouncement = Pick<Edge, 'node' | 'startedMs' | 'addresses'>;

/** Who is there, as a test says. */
export class Registry implements Pick<Membership, 'members' | 'onChange'> {
  readonly #members = new Map<string, Member>();
  readonly #listeners = new Set<(change: MembershipChange) => void>();

  members(tier: Tier): readonly Member[] {
    return [...this.#members.values()].filter((member) => member.tier === tier);
  }

  onChange(listener: (change: MembershipChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  joined({ node: id, startedMs, addresses }: EdgeAnnouncement): void {
    const condition = { state: 'serving', load: 0, configuration: '' } as const;
    const announced = { tier: 'edge', id, startedMs, weight: 1, release: '', addresses } as const;
    this.apply({ change: 'joined', member: { ...announced, ...condition } });
  }

  died(id: string, tier: Tier = 'edge'): void {
    const member = this.#members.get(`${tier}/${id}`);
    if (member) this.apply({ change: 'died', member });
  }

  /** What another one was told. */
  apply(change: MembershipChange): void {
    const { member } = change;
    const key = `${member.tier}/${member.id}`;
    if (change.change === 'joined' || change.change === 'changed') this.#members.set(key, member);
    else this.#members.delete(key);
    for (const listener of this.#listeners) listener(change);
  }
}
