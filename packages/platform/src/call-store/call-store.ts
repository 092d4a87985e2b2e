/** What is kept of a call outside the edge that relays it, so that another edge can look after it. */
export interface CallRecord {
  /** Tandem's id of the call, a UUID. */
  readonly id: string;
  /** The Call-ID of the caller's leg. */
  readonly sipCallId: string;
  readonly tenant: string;
  /** The caller's proven identity, `user@tenant` or `trunk/name@tenant`; empty when unproven. */
  readonly caller: string;
  /** The URI that was called, after aliases. */
  readonly callee: string;
  /** The node that looks after the call. */
  readonly node: string;
  /** In milliseconds since 1970 UTC. */
  readonly startedMs: number;
  /** In milliseconds since 1970 UTC; 0 while it rings. */
  readonly answeredMs: number;
  readonly state: 'ringing' | 'answered';
  /** The id of the media session; empty when media is not anchored. */
  readonly mediaSession: string;
  /** The contact that rings or has answered. */
  readonly target: string;
  /** The callee's proven identity, `user@tenant` or `trunk/name@tenant`; empty when it is nobody of ours. */
  readonly calleeIdentity: string;
  /** The contacts that were tried so far, in order. */
  readonly route: readonly string[];
  /** The names of the limits that the call has a place in. */
  readonly limits: readonly string[];
  /** The codec of the first stream as both parties agreed, such as `PCMU/8000`; empty when it is not known. */
  readonly codec: string;
  /** How often the media moved to another worker. */
  readonly mediaMoves: number;
  /** What is known of the call besides, by name; not there where nothing is. */
  readonly tags?: { [name: string]: string };
  /** What the edge needs to go on with the call; anything that JSON can say. */
  readonly dialog: object;
  /** How it ended, of a call whose end has not been told yet: {@link CallEnding.end}. */
  readonly end?: object;
}

/** The end of a call that is about to be told. */
export interface CallEnding {
  /** The node that tells of it. When that dies, whoever adopts the call does. */
  readonly node: string;
  /** What is to be told; anything that JSON can say. */
  readonly end: object;
  /** Whether the node is known to look after the call: one step less. */
  readonly isOwn?: boolean;
}

/** A part of a listing. */
export interface CallPage {
  readonly records: readonly CallRecord[];
  /** Where the next page begins; absent on the last. */
  readonly cursor?: string;
}

export interface CallQuery {
  /** Records of a page at most. */
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Only the calls that this node looks after. */
  readonly owner?: string | undefined;
  /** Also those whose end has not been told yet. */
  readonly withEnding?: boolean;
}

/**
 * The records of the calls that are in progress, shared by all edges (design §8, `call:<id>`). Times are in
 * milliseconds since 1970 UTC; a record is gone from `expiresAt` on.
 */
export interface CallStore {
  /** Stores or replaces. Rejects with `call-store-full` or `call-record-too-large`. */
  put(record: CallRecord, expiresAt: number, now: number): Promise<void>;
  get(id: string, now: number): Promise<CallRecord | undefined>;
  /**
   * Replaces a record by what `edit` makes of it, in one step; undefined leaves it. The new one, or undefined when
   * there is none or nothing was changed. `edit` may be called more than once; the time of expiry stays.
   */
  change(
    id: string,
    edit: (record: CallRecord) => CallRecord | undefined,
    now: number,
  ): Promise<CallRecord | undefined>;
  /**
   * Gives calls of one node to another, at most `limit`; the records as they are now. Of all who adopt the same
   * call, exactly one gets it. None are left when less than `limit` were given. Those whose end has not been told yet
   * are among them.
   */
  adopt(from: string, to: string, limit: number, now: number): Promise<readonly CallRecord[]>;
  /** The nodes that look after calls or tell of ends, in any order; one that has just had its last may be among them. */
  owners(now: number): Promise<readonly string[]>;
  /**
   * Begins the end of a call: of all who end the same call, exactly one gets its record, as it was. For all others it is
   * gone, and it stays for `adopt` alone until {@link finish}. Who asks again in the same words has not heard the answer,
   * and gets it again.
   */
  take(id: string, ending: CallEnding, now: number): Promise<CallRecord | undefined>;
  /** The end of a call was told by this node. */
  finish(id: string, node: string): Promise<void>;
  /** Every record that is there from the first page to the last is listed once. */
  list(query: CallQuery, now: number): Promise<CallPage>;
}

/** Characters of a record as JSON. */
export const maxCallRecord: number = 65_536;
