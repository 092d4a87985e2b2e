/** Something that one node owns. */
export interface Lease {
  readonly what: string;
  /** Aborted when the lease is lost: what it stood for has to stop. Not when it was released. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Ownership of things that only one node may do at a time (design §8, `owner/<what>`). A holder that dies loses what
 * it has within ten seconds; one that cannot reach the servers keeps it as long as nobody else can have it.
 */
export interface Leases {
  /** Resolves with the lease, or with undefined when another one has it. */
  tryOwn(what: string, holder: string): Promise<Lease | undefined>;
  /** Who has it. */
  ownerOf(what: string): Promise<string | undefined>;
  /** Releases everything. */
  close(): Promise<void>;
}
