import type {
  Announcement,
  Condition,
  Member,
  Membership,
  MembershipChange,
  Presence,
  Tier,
} from './membership.ts';

type Listener = (change: MembershipChange) => void;

/** The members that several handles in one process know of. */
export class MemoryCluster {
  readonly members: Map<string, Member> = new Map();
  readonly listeners: Set<Listener> = new Set();

  tell(change: MembershipChange['change'], member: Member): void {
    for (const listener of this.listeners) listener({ change, member });
  }
}

/** Who is there within one process. */
export class MemoryMembership implements Membership {
  readonly #cluster: MemoryCluster;
  readonly #own = new Set<Presence>();
  readonly #listening = new Set<Listener>();

  constructor(cluster: MemoryCluster = new MemoryCluster()) {
    this.#cluster = cluster;
  }

  async join(announcement: Announcement, condition: Condition): Promise<Presence> {
    const key = `${announcement.tier}/${announcement.id}`;
    const { members } = this.#cluster;
    const before = members.get(key);
    if (before) this.#cluster.tell('died', before);
    members.set(key, { ...announcement, ...condition });
    this.#cluster.tell('joined', members.get(key)!);
    const presence: Presence = {
      update: (changed) => this.#update(key, changed),
      leave: async () => {
        if (this.#own.delete(presence)) this.#leave(key);
      },
    };
    this.#own.add(presence);
    return presence;
  }

  members(tier: Tier): readonly Member[] {
    const found = [...this.#cluster.members.values()].filter((member) => member.tier === tier);
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  onChange(listener: Listener): () => void {
    this.#cluster.listeners.add(listener);
    this.#listening.add(listener);
    return () => this.#cluster.listeners.delete(listener);
  }

  async close(): Promise<void> {
    for (const listener of this.#listening) this.#cluster.listeners.delete(listener);
    for (const presence of [...this.#own]) await presence.leave();
  }

  #update(key: string, changed: Partial<Condition>): void {
    const before = this.#cluster.members.get(key);
    if (!before) return;
    const after = { ...before, ...changed };
    this.#cluster.members.set(key, after);
    const isNews = after.state !== before.state || after.configuration !== before.configuration;
    if (isNews) this.#cluster.tell('changed', after);
  }

  #leave(key: string): void {
    const member = this.#cluster.members.get(key);
    this.#cluster.members.delete(key);
    if (member) this.#cluster.tell('left', member);
  }
}
