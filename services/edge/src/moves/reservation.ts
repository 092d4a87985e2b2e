import type { CallRecord } from '@tandem/platform';
import { type DialogRecord, hasDialogs, type Leg } from '../call-dialogs.ts';
import type { EdgeParts } from '../parts.ts';
import { raisedBeyond } from '../records/shift.ts';
import type { Party } from '../token.ts';
import { maxTimes } from '../trunk-challenge.ts';

/** A change of the record of a call that was answered. */
export type DialogEdit = (record: DialogRecord) => DialogRecord;

/**
 * Sets aside the next number of the requests to each of these parties, or one that is beyond by `leap`, and the next version
 * of what they are told.
 */
export function reserved(
  record: DialogRecord,
  parties: readonly Party[],
  { leap = 0, versions = 1 }: { leap?: number; versions?: 0 | 1 } = {},
): DialogRecord {
  const legs = parties.map((party) => [party, reservedLeg(record.dialog[party], leap, versions)]);
  return { ...record, dialog: { ...record.dialog, ...Object.fromEntries(legs) } };
}

function reservedLeg(leg: Leg, leap: number, versions: 0 | 1): Leg {
  const sequence = leg.dialog.sequence + 1 + leap + spareOf(leg);
  return {
    ...leg,
    shifts: raisedBeyond(leg.shifts, leg.number, sequence),
    versions: (leg.versions ?? 0) + versions,
    dialog: { ...leg.dialog, sequence },
  };
}

/** Numbers that it takes to send a request again to a party that may ask for credentials. */
export function spareOf({ account }: Leg): number {
  return account ? maxTimes : 0;
}

/** An edit of a record as long as it is this edge's. */
export function ifOwn(node: string, edit: DialogEdit): (record: CallRecord) => CallRecord {
  return (record) => (record.node === node && hasDialogs(record) ? edit(record) : record);
}

/**
 * Changes the record of a call at once, if this edge looks after it by what the store says: another one that does sends
 * requests with the next numbers, and tells the parties where the media is. Undefined when it is not this edge's any more.
 */
export async function changeOwn(
  { node, records }: Pick<EdgeParts, 'node' | 'records'>,
  call: string,
  edit: DialogEdit,
  ms?: number,
): Promise<DialogRecord | undefined> {
  if (!records.own.has(call)) return undefined;
  try {
    const record = await records.changeNow(call, ifOwn(node, edit), ms);
    return record?.node === node && hasDialogs(record) ? record : undefined;
  } catch (error) {
    if (records.own.has(call)) throw error;
    return undefined;
  }
}
