import type { Member, Membership } from '@tandem/platform';

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

  constructor(membership: Members | undefined) {
    this.#membership = membership;
  }

  /** Undefined when nothing is known of workers. */
  get members(): readonly Member[] | undefined {
    return this.#membership?.members('media');
  }

  /** Sessions of this life of a worker are elsewhere from now on, or will soon be. */
  leave({ id, startedMs }: WorkerLife): void {
    this.#left.set(id, startedMs);
  }

  /** Whether a session is where it was opened: its worker serves, and has not started anew since. */
  holds(session: string): boolean {
    if (!this.#membership || session === '') return true;
    const worker = workerOf(session);
    const member = this.#membership.members('media').find(({ id }) => id === worker);
    if (member?.state !== 'serving' || sessionNumber(session) < member.startedMs) return false;
    return (this.#left.get(worker) ?? 0) < member.startedMs;
  }

  /** Whether the worker of a session may still answer for it. */
  answersFor(session: string): boolean {
    if (!this.#membership || this.holds(session)) return true;
    const worker = workerOf(session);
    const member = this.#membership.members('media').find(({ id }) => id === worker);
    return member !== undefined && sessionNumber(session) >= member.startedMs;
  }
}

/** A session's id begins with its worker's. */
export function workerOf(session: string): string {
  return session.slice(0, session.lastIndexOf('.'));
}

/** The numbers of a worker begin above the moment of its start, in milliseconds since 1970. */
function sessionNumber(session: string): number {
  return Number(session.slice(session.lastIndexOf('.') + 1));
}
