import { Fault } from '@tandem/sip';
import { callRecordTooLarge } from '../faults.ts';
import { type CallRecord, maxCallRecord } from './call-store.ts';

/** A record as JSON: compact, and out of reach of whoever holds the object. */
export function writeRecord(record: CallRecord): string {
  const text = JSON.stringify(record);
  if (text.length <= maxCallRecord) return text;
  throw new Fault(callRecordTooLarge, `${record.id}: ${text.length} characters, at most ${maxCallRecord}`);
}

export function readRecord(text: string): CallRecord {
  return JSON.parse(text) as CallRecord;
}
