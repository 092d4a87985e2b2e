import { type Member, type Membership, serving } from '@tandem/platform';

/** Who else is there. */
export type Members = Pick<Membership, 'members' | 'onChange'>;

/** What has become of a media worker, as far as its sessions are concerned. */
type WorkerLife = Pick<Member, 'id' | 'startedMs'>;

/**
 * Which media workers there are, and which sessions are where they were opened. Without a membership nothing is known of
 * workers, and all of them are taken to be well.
 */
export class Workers {
  readonly #membership: Members | undefined;
  /** The lives that sessions have been moved away from, by worker: the start of the last one. */
  readonly #left = new Map<string, number>();
  /** The members by id, as they are in this list: every message asks. */
  #known: ReadonlyMap<string, Member> = new Map();
  #list: readonly Member[] | undefined;

  constructor(membership: Members | undefined) {
    this.#membership = membership;
  }

  /** Undefined when nothing is known of workers. */
  get members(): readonly Member[] | undefined {
    return this.#membership?.members('media');
  }

  /** Whether one may take new sessions: also while none is known, for whoever has just come may not have met them yet. */
  get mayOpen(): boolean {
    const { members = [] } = this;
    return members.length === 0 || serving(members).length > 0;
  }

  /** Sessions that this life of a worker has had until now are elsewhere, or will soon be. */
  leave({ id, startedMs }: WorkerLife): void {
    this.#left.set(id, startedMs);
  }

  /** Whether a session is where it was opened, beyond doubt: its worker serves, and was never given up. */
  holds(session: string): boolean {
    if (!this.#membership || session === '') return true;
    const member = this.#workerOf(session);
    if (member?.state !== 'serving' || (this.#left.get(member.id) ?? 0) >= member.startedMs) return false;
    // Who has come after that cannot know what was moved meanwhile.
    return sessionNumber(session) >= (member.backSinceMs ?? 0);
  }

  /** Whether the worker of a session serves. */
  serves(session: string): boolean {
    return !this.#membership || this.#workerOf(session)?.state === 'serving';
  }

  /** Whether the worker of a session may still answer for it: also when it drains. */
  answersFor(session: string): boolean {
    return !this.#membership || this.#workerOf(session) !== undefined;
  }

  /** Whether nothing was ever heard of the worker of a session: who has just come has not met all of them yet. */
  isUnheardOf(session: string): boolean {
    if (!this.#membership) return false;
    const id = workerOf(session);
    return !this.#left.has(id) && !this.members!.some((member) => member.id === id);
  }

  /** Undefined when it is gone, or has started anew since it opened the session. */
  #workerOf(session: string): Member | undefined {
    const { members } = this;
    if (members !== this.#list) {
      this.#list = members;
      this.#known = new Map(members?.map((member) => [member.id, member]));
    }
    const member = this.#known.get(workerOf(session));
    return member && sessionNumber(session) >= member.startedMs ? member : undefined;
  }
}

/** A session's id begins with its worker's. */
export function workerOf(session: string): string {
  return session.slice(0, session.lastIndexOf('.'));
}

/** The moment at which it was opened, or a little later, in milliseconds since 1970. */
function sessionNumber(session: string): number {
  return Number(session.slice(session.lastIndexOf('.') + 1));
}
