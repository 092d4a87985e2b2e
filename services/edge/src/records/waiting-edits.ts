import type { CallRecord } from '@tandem/platform';
import { all, always, type OwnCall, type RecordEdit, unpacked } from './own-call.ts';

/** Changes of one call that wait, before they are made one. */
const maxEdits = 16;

/** Changes of records that the store is to be told yet, by the ids of calls. */
export class WaitingEdits {
  readonly #edits = new Map<string, RecordEdit[]>();

  has(id: string): boolean {
    return this.#edits.has(id);
  }

  /** False when there are too many, and no copy of the record says what they come to. */
  add(id: string, edit: RecordEdit, own: OwnCall | undefined): boolean {
    const edits = this.#edits.get(id);
    if (!edits) this.#edits.set(id, [edit]);
    else if (edits.length < maxEdits) edits.push(edit);
    else if (own) this.#edits.set(id, [always(unpacked(own))]);
    else return false;
    return true;
  }

  take(id: string): RecordEdit[] {
    const edits = this.#edits.get(id) ?? [];
    this.#edits.delete(id);
    return edits;
  }

  /** They were taken, and could not be made: they come before those that have come since. */
  giveBack(id: string, edits: readonly RecordEdit[]): void {
    this.#edits.set(id, [...edits, ...this.take(id)]);
  }

  delete(id: string): void {
    this.#edits.delete(id);
  }

  /** A record as the store will have it. */
  applied(record: CallRecord): CallRecord {
    return all(record, this.#edits.get(record.id) ?? []);
  }
}
