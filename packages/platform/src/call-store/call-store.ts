/** What is kept of a call outside the edge that relays it, so that another edge can look after it. */
export interface CallRecord {
  /** Tandem's id of the call, a UUID. */
  readonly id: string;
  /** The Call-ID of the caller's leg. */
  readonly sipCallId: string;
  readonly tenant: string;
  /** The caller's proven identity, `user@tenant`; empty when unproven. */
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
  /** The callee's proven identity, `user@tenant`; empty when it is nobody of ours. */
  readonly calleeIdentity: string;
  /** The contacts that were tried so far, in order. */
  readonly route: readonly string[];
  /** The names of the limits that the call has a place in. */
  readonly limits: readonly string[];
  /** The codec of the first stream as both parties agreed, such as `PCMU/8000`; empty when it is not known. */
  readonly codec: string;
  /** How often the media moved to another worker. */
  readonly mediaMoves: number;
  /** What the edge needs to go on with the call; anything that JSON can say. */
  readonly dialog: object;
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
   * call, exactly one gets it. None are left when less than `limit` were given.
   */
  adopt(from: string, to: string, limit: number, now: number): Promise<readonly CallRecord[]>;
  /** The nodes that look after calls, in any order; one whose last call has just gone may be among them. */
  owners(now: number): Promise<readonly string[]>;
  /** Gets and deletes at once: of all who end the same call, exactly one gets its record. */
  take(id: string, now: number): Promise<CallRecord | undefined>;
  /** Every record that is there from the first page to the last is listed once. */
  list(query: CallQuery, now: number): Promise<CallPage>;
}

/** Characters of a record as JSON. */
export const maxCallRecord: number = 65_536;
