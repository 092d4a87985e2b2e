import { isDeepStrictEqual } from 'node:util';
import { type Beat, memberOf } from './beat.ts';
import { type Member, type MembershipChange, type Tier, tiers } from './membership.ts';

/** A member, and when it was heard of last. */
export interface Entry {
  beat: Beat;
  member: Member;
  lastHeard: number;
  /** It was asked since. */
  asked: boolean;
}

/** Who is there, from what was heard. Holds no clock: times are inputs. */
export class Roll {
  readonly #onChange: (change: MembershipChange) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #sorted = new Map<Tier, readonly Member[]>();

  constructor(onChange: (change: MembershipChange) => void) {
    this.#onChange = onChange;
  }

  get entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  get(tier: Tier, id: string): Entry | undefined {
    return this.#entries.get(`${tier}/${id}`);
  }

  /** By id, ascending. */
  members(tier: Tier): readonly Member[] {
    const known = this.#sorted.get(tier);
    if (known) return known;
    const members = Array.from(this.#entries.values(), ({ member }) => member)
      .filter((member) => member.tier === tier)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#sorted.set(tier, members);
    return members;
  }

  count(state: Member['state']): ReadonlyMap<Tier, number> {
    return new Map(
      tiers.map((tier) => [tier, this.members(tier).filter((member) => member.state === state).length]),
    );
  }

  heard(beat: Beat, now: number): void {
    const entry = this.get(beat.tier, beat.id);
    if (!entry) {
      if (!beat.leaving) this.#join(beat, now);
    } else if (entry.beat.life === beat.life) {
      if (beat.leaving) this.#remove(entry, 'left');
      else this.#update(entry, beat, now);
    } else if (isLater(beat, entry.beat) && !beat.leaving) {
      // It has started again, and nobody had missed it.
      this.#remove(entry, 'died');
      this.#join(beat, now);
    }
  }

  died(entry: Entry): void {
    if (this.get(entry.beat.tier, entry.beat.id) === entry) this.#remove(entry, 'died');
  }

  #join(beat: Beat, now: number): void {
    const member = memberOf(beat);
    this.#entries.set(`${beat.tier}/${beat.id}`, { beat, member, lastHeard: now, asked: false });
    this.#tell('joined', member);
  }

  #update(entry: Entry, beat: Beat, now: number): void {
    const before = entry.member;
    entry.lastHeard = now;
    entry.asked = false;
    entry.beat = beat;
    entry.member = memberOf(beat);
    if (isDeepStrictEqual(before, entry.member)) return;
    this.#sorted.delete(beat.tier);
    if (!isDeepStrictEqual(withoutNoise(before), withoutNoise(entry.member))) {
      this.#tell('changed', entry.member);
    }
  }

  #remove({ beat, member }: Entry, change: 'left' | 'died'): void {
    this.#entries.delete(`${beat.tier}/${beat.id}`);
    this.#tell(change, member);
  }

  #tell(change: MembershipChange['change'], member: Member): void {
    this.#sorted.delete(member.tier);
    this.#onChange({ change, member });
  }
}

/** Without what changes all the time, or for everybody at once, and is told to nobody. */
function withoutNoise(member: Member): Member {
  return { ...member, load: 0, occupancy: 0, backSinceMs: 0 };
}

/** Of two processes with one id, the later counts. */
function isLater(one: Beat, other: Beat): boolean {
  return one.startedMs === other.startedMs ? one.life > other.life : one.startedMs > other.startedMs;
}
