import { Fault } from '@tandem/sip';
import { callRecordTooLarge } from '../faults.ts';
import { type CallEnding, type CallRecord, maxCallRecord } from './call-store.ts';

/** A record as JSON: compact, and out of reach of whoever holds the object. */
export function writeRecord(record: CallRecord): string {
  const text = JSON.stringify(record);
  if (text.length <= maxCallRecord) return text;
  throw new Fault(callRecordTooLarge, `${record.id}: ${text.length} characters, at most ${maxCallRecord}`);
}

export function readRecord(text: string): CallRecord {
  return JSON.parse(text) as CallRecord;
}

/** Who tells of an end, and what; the same text for the same. */
export function endingText({ node, end }: Pick<CallEnding, 'node' | 'end'>): string {
  return JSON.stringify({ node, end });
}

/** What an ending adds to the record of its call. */
export function readEnding(text: string): Required<Pick<CallRecord, 'node' | 'end'>> {
  return JSON.parse(text) as Required<Pick<CallRecord, 'node' | 'end'>>;
}
