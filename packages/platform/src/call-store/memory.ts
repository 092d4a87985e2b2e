import { Fault } from '@tandem/sip';
import { ExpiringMap } from '../expiring-map.ts';
import { callRecordTooLarge, callStoreFull } from '../faults.ts';
import {
  type CallPage,
  type CallQuery,
  type CallRecord,
  type CallStore,
  maxCallRecord,
} from './call-store.ts';

/** A record as JSON: compact, and out of reach of whoever holds the object. */
interface Stored {
  readonly text: string;
  /** Its place in listings. */
  readonly place: number;
}

/** Call records of one process. */
export class MemoryCallStore implements CallStore {
  readonly #capacity: number;
  readonly #records = new ExpiringMap<Stored>();
  #places = 0;

  /** `capacity` in records. */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  async put(record: CallRecord, expiresAt: number, now: number): Promise<void> {
    const text = JSON.stringify(record);
    if (text.length > maxCallRecord) {
      throw new Fault(
        callRecordTooLarge,
        `${record.id}: ${text.length} characters, at most ${maxCallRecord}`,
      );
    }
    this.#records.expire(now);
    const known = this.#records.get(record.id, now);
    if (!known && this.#records.size >= this.#capacity) {
      throw new Fault(callStoreFull, `${this.#capacity} records`);
    }
    // What has expired but was not swept yet holds a place in the order of listings.
    if (!known) this.#records.delete(record.id);
    this.#records.set(record.id, { text, place: known?.place ?? ++this.#places }, expiresAt);
  }

  async get(id: string, now: number): Promise<CallRecord | undefined> {
    const stored = this.#records.get(id, now);
    return stored && parse(stored);
  }

  async take(id: string, now: number): Promise<CallRecord | undefined> {
    const stored = this.#records.get(id, now);
    this.#records.delete(id);
    return stored && parse(stored);
  }

  async list({ limit, cursor = '0' }: CallQuery, now: number): Promise<CallPage> {
    const page: Stored[] = [];
    for (const [, stored] of this.#records.alive(now)) {
      if (stored.place <= Number(cursor)) continue;
      if (page.length === limit) return { records: page.map(parse), cursor: String(page.at(-1)!.place) };
      page.push(stored);
    }
    return { records: page.map(parse) };
  }
}

function parse({ text }: Stored): CallRecord {
  return JSON.parse(text) as CallRecord;
}
