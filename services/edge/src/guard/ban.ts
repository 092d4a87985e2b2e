import { formatAddressBlock, parseAddressBlock } from '@tandem/sip';

/** Why a source is banned. */
export type BanPolicy = 'scanner' | 'credentials' | 'strangers' | 'malformed' | 'operator';

/** A block of addresses from which nothing is taken for a while. All edges have the same. */
export interface Ban {
  /** `ADDRESS` or `ADDRESS/BITS`, as `formatAddressBlock` writes it. */
  readonly source: string;
  readonly policy: BanPolicy;
  /** The signals that led to it. */
  readonly count: number;
  /** What was seen last, such as the name of a scanner. */
  readonly detail: string;
  /** The node that banned it. */
  readonly node: string;
  /** In milliseconds since 1970, as the others. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Of two bans of one source the one that was changed last holds. */
  readonly changedMs: number;
  /** It was lifted; kept for as long as another edge may not know. */
  readonly lifted?: boolean;
}

/** The ban with its source as all write it; undefined for what this release cannot read. */
export function readBan(ban: Ban): Ban | undefined {
  const block = parseAddressBlock(String(ban.source));
  const isReadable = block && Number.isFinite(ban.untilMs) && Number.isFinite(ban.changedMs);
  return isReadable ? { ...ban, source: formatAddressBlock(block) } : undefined;
}
