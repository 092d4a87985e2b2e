import { askBans, type BanAnswer, orderBan } from '@tandem/edge';
import type { Bus } from '@tandem/platform';
import type { Page } from '../listings.ts';

/** One source that is banned, as `tandem bans` shows it. */
export interface BanRow {
  /** An address or a network. */
  readonly source: string;
  readonly policy: string;
  /** The signals that led to it. */
  readonly count: number;
  /** What was seen last. */
  readonly detail: string;
  /** The node that banned it. */
  readonly node: string;
  /** Seconds since then. */
  readonly since: number;
  /** Seconds until it is over. */
  readonly endsIn: number;
}

interface Edges {
  readonly bus: Bus;
  readonly region: string;
}

/** A page of the bans of all edges. Rejects with a Fault when there is no edge. */
export async function listBans(
  { bus, region }: Edges,
  cursor: string | undefined,
  now: number,
): Promise<Page<BanRow>> {
  const { bans, next } = await askBans(bus, region, cursor ?? '');
  const inForce = bans.filter(({ lifted, untilMs }) => !lifted && untilMs > now);
  const rows = inForce.map(({ source, policy, count, detail, node, sinceMs, untilMs }) => ({
    ...{ source, policy, count, detail, node },
    since: secondsFrom(sinceMs, now),
    endsIn: secondsFrom(now, untilMs),
  }));
  return { rows, cursor: next };
}

/** Bans the `address` of a query for its `seconds`. */
export function addBan({ bus, region }: Edges, query: URLSearchParams): Promise<BanAnswer> {
  return orderBan(bus, region, { ban: query.get('address') ?? '', seconds: Number(query.get('seconds')) });
}

/** Lifts the ban of the `address` of a query. */
export function liftBan({ bus, region }: Edges, query: URLSearchParams): Promise<BanAnswer> {
  return orderBan(bus, region, { lift: query.get('address') ?? '' });
}

function secondsFrom(begin: number, end: number): number {
  return Math.max(0, Math.round((end - begin) / 1000));
}
