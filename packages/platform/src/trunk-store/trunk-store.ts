/** Characters of what is kept of one trunk, at most. */
export const maxTrunkState = 32_768;

/** A part of all that is kept. */
export interface TrunkPage {
  readonly states: readonly string[];
  /** Asks for the next page; absent on the last. */
  readonly cursor?: string | undefined;
}

/**
 * What nodes have to know of trunks beyond the life of one of them, as text under the trunk's name (`tenant/name`): the
 * login that a successor goes on with. Rejects with a Fault when the store is away.
 */
export interface TrunkStore {
  read(name: string): Promise<string | undefined>;
  /** Throws `trunk-state-too-large`. */
  write(name: string, state: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** All of them, in pages, in any order; one that changes meanwhile may come twice. */
  list(cursor?: string): Promise<TrunkPage>;
}
