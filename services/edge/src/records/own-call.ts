import type { CallRecord } from '@tandem/platform';
import { hasDialogs } from '../call-dialogs.ts';
import { givenUpAt } from '../session-timer.ts';

/** A change of a record. It may be made more than once, on what the record has become meanwhile. */
export type RecordEdit = (record: CallRecord) => CallRecord;

/** A call that this edge looks after. */
export interface OwnCall {
  readonly tenant: string;
  /** As JSON once it is at rest: compact. */
  record: CallRecord | string;
  /** Its media session. */
  media: string;
  limits: readonly string[];
  /** When it is given up unless its session is refreshed, in milliseconds since 1970. */
  givenUpAt: number;
  /** Whether the store may have it, and whether it is known to. */
  isTried: boolean;
  isStored: boolean;
}

/** A call that begins here. */
export function newCall(record: CallRecord): OwnCall {
  const { mediaSession: media, limits, tenant } = record;
  return { tenant, record, media, limits, givenUpAt: endOf(record), isTried: false, isStored: false };
}

/** A call that the store has. */
export function storedCall(record: CallRecord): OwnCall {
  const { mediaSession: media, limits, tenant } = record;
  const common = { tenant, media, limits, givenUpAt: endOf(record) };
  return { ...common, record: JSON.stringify(record), isTried: true, isStored: true };
}

/** A record after several changes. */
export function all(record: CallRecord, edits: readonly RecordEdit[]): CallRecord {
  return edits.reduce((current, edit) => edit(current), record);
}

/** The latest state of a call of ours wins; who looks after it is for the store to say. */
export function always(latest: CallRecord): RecordEdit {
  return ({ node }) => ({ ...latest, node });
}

export function unpacked({ record }: OwnCall): CallRecord {
  return typeof record === 'string' ? (JSON.parse(record) as CallRecord) : record;
}

/** Takes a record in; one at rest is packed. */
export function keep(own: OwnCall, record: CallRecord, isAtRest = false): void {
  own.record = isAtRest && record.state === 'answered' ? JSON.stringify(record) : record;
  own.media = record.mediaSession;
  own.limits = record.limits;
  own.givenUpAt = endOf(record);
}

function endOf(record: CallRecord): number {
  return hasDialogs(record) ? givenUpAt(record.dialog.timer) : Number.POSITIVE_INFINITY;
}
