import { type Membership, tiers } from '@tandem/platform';

/** One node, as `tandem nodes` shows it. */
export interface NodeRow {
  readonly tier: string;
  readonly id: string;
  readonly state: string;
  /** Calls of an edge, decisions in flight of a router, sessions of a media worker. */
  readonly load: number;
  /** How much of what it can do it does, 0 to 1; of edges only. */
  readonly occupancy?: number | undefined;
  readonly weight: number;
  readonly release: string;
  /** The version of the configuration that it has in force. */
  readonly configuration: string;
  /** Where it is reached. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly up: number;
}

/** All nodes of the region. */
export function listNodes(membership: Membership, now: number): { readonly rows: readonly NodeRow[] } {
  const members = tiers.flatMap((tier) => membership.members(tier));
  return {
    rows: members.map(({ startedMs, ...member }) => ({
      ...member,
      up: Math.max(0, Math.round((now - startedMs) / 1000)),
    })),
  };
}
