import { isDeepStrictEqual } from 'node:util';
import { Fault } from '@tandem/sip';
import { nodeIdTaken } from '../faults.ts';
import type { Log } from '../log.ts';
import { ChangeListeners } from './change-listeners.ts';
import type {
  Announcement,
  Condition,
  Member,
  Membership,
  MembershipChange,
  Presence,
  Tier,
} from './membership.ts';

/** The members of a region within one process; each node has a handle of its own. */
export class MemoryMembers {
  readonly #members = new Map<string, Member>();
  readonly #sorted = new Map<Tier, readonly Member[]>();
  readonly #handles = new Set<(change: MembershipChange) => void>();

  of(tier: Tier): readonly Member[] {
    const known = this.#sorted.get(tier);
    if (known) return known;
    const members = Array.from(this.#members.values())
      .filter((member) => member.tier === tier)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#sorted.set(tier, members);
    return members;
  }

  /** Calls the handle after each change; returns what stops that. */
  open(handle: (change: MembershipChange) => void): () => void {
    this.#handles.add(handle);
    return () => this.#handles.delete(handle);
  }

  enter(member: Member): void {
    const key = keyOf(member);
    if (this.#members.has(key)) throw new Fault(nodeIdTaken, `${member.tier} ${member.id}`);
    this.#members.set(key, member);
    this.#sorted.delete(member.tier);
    this.#tell('joined', member);
  }

  update(before: Member, after: Member): void {
    if (this.#members.get(keyOf(before)) !== before) return;
    this.#members.set(keyOf(after), after);
    this.#sorted.delete(after.tier);
    if (!isDeepStrictEqual(newsOf(before), newsOf(after))) this.#tell('changed', after);
  }

  remove(member: Member, change: 'left' | 'died'): void {
    if (this.#members.get(keyOf(member)) !== member) return;
    this.#members.delete(keyOf(member));
    this.#sorted.delete(member.tier);
    this.#tell(change, member);
  }

  #tell(change: MembershipChange['change'], member: Member): void {
    for (const handle of [...this.#handles]) handle({ change, member });
  }
}

/** What the others are told of when it changes. */
function newsOf({ addresses, configuration, state }: Member): Partial<Member> {
  return { addresses, configuration, state };
}

function keyOf({ tier, id }: Member): string {
  return `${tier}/${id}`;
}

/** One node's view of {@link MemoryMembers}. */
export class MemoryMembership implements Membership {
  readonly #members: MemoryMembers;
  readonly #listeners: ChangeListeners;
  readonly #presences = new Set<MemoryPresence>();
  readonly #leaveMembers: () => void;

  constructor(log: Log, members: MemoryMembers = new MemoryMembers()) {
    this.#members = members;
    this.#listeners = new ChangeListeners(log);
    this.#leaveMembers = members.open((change) => this.#listeners.tell(change));
  }

  async join(announcement: Announcement, condition: Condition): Promise<Presence> {
    const presence = new MemoryPresence(this.#members, { ...announcement, ...condition });
    this.#presences.add(presence);
    return presence;
  }

  members(tier: Tier): readonly Member[] {
    return this.#members.of(tier);
  }

  onChange(listener: (change: MembershipChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** As when the process is gone: the others are told that its nodes have died. */
  die(): void {
    this.#end('died');
  }

  async close(): Promise<void> {
    this.#end('left');
  }

  #end(change: 'left' | 'died'): void {
    this.#leaveMembers();
    this.#listeners.clear();
    for (const presence of this.#presences) presence.end(change);
  }
}

class MemoryPresence implements Presence {
  readonly #members: MemoryMembers;
  #member: Member;

  constructor(members: MemoryMembers, member: Member) {
    this.#members = members;
    this.#member = member;
    members.enter(member);
  }

  update(changed: Parameters<Presence['update']>[0]): void {
    const before = this.#member;
    this.#member = { ...before, ...changed };
    this.#members.update(before, this.#member);
  }

  end(change: 'left' | 'died'): void {
    this.#members.remove(this.#member, change);
  }

  async leave(): Promise<void> {
    this.end('left');
  }
}
