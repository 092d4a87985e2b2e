import type { Part } from './parts.ts';

/** The nodes and servers that may be disturbed. */
export interface Population {
  /** Whether who is killed comes back without our doing. */
  readonly revives: boolean;
  /** The names of a part's nodes that serve. */
  of(part: Part): Promise<readonly string[]>;
  /** Ends a node at once, with all that it has. */
  kill(name: string): Promise<void>;
  /**
   * Cuts a node off from everybody for `ms`, or until the signal; settles when it is heard again, with what has cut it.
   * Rejects with `cut-impossible`.
   */
  cut(name: string, ms: number, signal: AbortSignal): Promise<string>;
  /** Has everybody heard again whom a run has cut off that did not come to its end. */
  heal(): Promise<void>;
}
