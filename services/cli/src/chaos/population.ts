import type { Tier } from '@tandem/platform';

/** The nodes that may be killed. */
export interface Population {
  /** The names of a tier's nodes that serve. */
  of(tier: Tier): Promise<readonly string[]>;
  /** Ends a node at once, with all that it has. */
  kill(name: string): Promise<void>;
}
