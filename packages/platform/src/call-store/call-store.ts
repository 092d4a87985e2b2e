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
}

/**
 * The records of the calls that are in progress, shared by all edges (design §8, `call:<id>`). Times are in
 * milliseconds since 1970 UTC; a record is gone from `expiresAt` on.
 */
export interface CallStore {
  /** Stores or replaces. Rejects with `call-store-full` or `call-record-too-large`. */
  put(record: CallRecord, expiresAt: number, now: number): Promise<void>;
  get(id: string, now: number): Promise<CallRecord | undefined>;
  /** Gets and deletes at once: of all who end the same call, exactly one gets its record. */
  take(id: string, now: number): Promise<CallRecord | undefined>;
  /** Every record that is there from the first page to the last is listed once. */
  list(query: CallQuery, now: number): Promise<CallPage>;
}

/** Characters of a record as JSON. */
export const maxCallRecord: number = 65_536;
