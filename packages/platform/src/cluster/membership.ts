/** The tiers that announce themselves. */
export type Tier = 'edge' | 'router' | 'media' | 'trunk';

export const tiers: readonly Tier[] = ['edge', 'router', 'media', 'trunk'];

/** What a node says of itself once. */
export interface Announcement {
  readonly tier: Tier;
  /** The node id: unique within its tier and region. */
  readonly id: string;
  /** Tells one life of a node from the next: when it started, in milliseconds since 1970. */
  readonly startedMs: number;
  /** Its share of new work against that of others, 1 to 100. */
  readonly weight: number;
  /** The version of the program. */
  readonly release: string;
  /** Where others reach it, `host:port` by what is spoken there: `sip+udp`, `sip+tcp`, `grpc`, `http`. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** What a node says of itself with every beat. */
export interface Condition {
  readonly state: 'serving' | 'draining';
  /** How busy it is: calls of an edge, sessions of a media worker, decisions in flight of a
   * router, trunks that a trunk node owns. */
  readonly load: number;
  /** How much of what it can do it does, 0 to 1; of an edge only. */
  readonly occupancy?: number | undefined;
  /** The version of the configuration that it has in force; empty when it needs none. */
  readonly configuration: string;
  /**
   * When it went on after it had stood still, or had been cut off, for so long that others may have taken it for dead: in
   * milliseconds since 1970. Undefined when it never has.
   */
  readonly backSinceMs?: number | undefined;
}

/** A node that is alive, as far as this one knows. */
export interface Member extends Announcement, Condition {}

/** What has become of a node. `left` said good-bye, `died` did not. */
export interface MembershipChange {
  readonly change: 'joined' | 'changed' | 'left' | 'died';
  readonly member: Member;
}

/** A node's own place among the members, until it leaves. */
export interface Presence {
  /** Tells the others, at once when the state or an address changes. */
  update(changed: Partial<Condition & Pick<Announcement, 'addresses'>>): void;
  /** Says good-bye. */
  leave(): Promise<void>;
}

/**
 * Who is there, of all tiers of a region. A member that has died is known to all others within 750 ms, whether its
 * process is gone or only stuck; a node that has lost its own connection to the others declares nobody dead. One that
 * starts again under the same id has first died, or left, and then joined.
 */
export interface Membership {
  /** Announces this node; beats until it leaves. Rejects with a Fault when nobody could be told. */
  join(announcement: Announcement, condition: Condition): Promise<Presence>;
  /** The members of a tier by id, ascending; those that drain included. The same list until anything of it changes. */
  members(tier: Tier): readonly Member[];
  /** Calls the listener after each change, except of load and of what it is back from; returns what stops that. */
  onChange(listener: (change: MembershipChange) => void): () => void;
  /** Nothing is told afterwards. What has joined through here leaves. */
  close(): Promise<void>;
}
