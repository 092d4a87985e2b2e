import { Fault } from '@tandem/sip';
import { ExpiringMap } from '../expiring-map.ts';
import { callStoreFull } from '../faults.ts';
import type { CallEnding, CallPage, CallQuery, CallRecord, CallStore } from './call-store.ts';
import { endingText, readEnding, readRecord, writeRecord } from './record-text.ts';

/** A record as JSON: compact, and out of reach of whoever holds the object. */
interface Stored {
  readonly text: string;
  /** Its place in listings. */
  readonly place: number;
  readonly expiresAt: number;
  /** Of a call whose end is to be told: who tells what, as JSON. */
  readonly ending?: string;
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
    const text = writeRecord(record);
    this.#records.expire(now);
    const known = this.#records.get(record.id, now);
    if (!known && this.#records.size >= this.#capacity) {
      throw new Fault(callStoreFull, `${this.#capacity} records`);
    }
    // What has expired but was not swept yet holds a place in the order of listings.
    if (!known) this.#records.delete(record.id);
    this.#records.set(record.id, { text, place: known?.place ?? ++this.#places, expiresAt }, expiresAt);
  }

  async get(id: string, now: number): Promise<CallRecord | undefined> {
    const stored = this.#current(id, now);
    return stored && parse(stored);
  }

  async change(
    id: string,
    edit: (record: CallRecord) => CallRecord | undefined,
    now: number,
  ): Promise<CallRecord | undefined> {
    const stored = this.#current(id, now);
    const changed = stored && edit(parse(stored));
    if (!changed) return undefined;
    this.#records.set(id, { ...stored, text: writeRecord(changed) }, stored.expiresAt);
    return changed;
  }

  async adopt(from: string, to: string, limit: number, now: number): Promise<readonly CallRecord[]> {
    const all = [...this.#records.alive(now)].map(([, stored]) => stored);
    const orphans = all.filter((stored) => parse(stored).node === from).slice(0, limit);
    return orphans.map((stored) => {
      const { end, ...record } = parse(stored);
      const moved = end
        ? { ...stored, ending: endingText({ node: to, end }) }
        : { ...stored, text: writeRecord({ ...record, node: to }) };
      this.#records.set(record.id, moved, stored.expiresAt);
      return parse(moved);
    });
  }

  async owners(now: number): Promise<readonly string[]> {
    return [...new Set([...this.#records.alive(now)].map(([, stored]) => parse(stored).node))];
  }

  async take(id: string, asked: CallEnding, now: number): Promise<CallRecord | undefined> {
    const stored = this.#records.get(id, now);
    const ending = endingText(asked);
    if (!stored || (stored.ending ?? ending) !== ending) return undefined;
    this.#records.set(id, { ...stored, ending }, stored.expiresAt);
    return readRecord(stored.text);
  }

  async finish(id: string): Promise<void> {
    if (this.#records.get(id, 0)?.ending !== undefined) this.#records.delete(id);
  }

  async list({ limit, cursor = '0', owner, withEnding }: CallQuery, now: number): Promise<CallPage> {
    const page: Stored[] = [];
    for (const [, stored] of this.#records.alive(now)) {
      if (stored.place <= Number(cursor)) continue;
      if (stored.ending !== undefined && !withEnding) continue;
      if (owner !== undefined && parse(stored).node !== owner) continue;
      if (page.length === limit) return { records: page.map(parse), cursor: String(page.at(-1)!.place) };
      page.push(stored);
    }
    return { records: page.map(parse) };
  }

  /** Of a call that goes on. */
  #current(id: string, now: number): Stored | undefined {
    const stored = this.#records.get(id, now);
    return stored?.ending === undefined ? stored : undefined;
  }
}

function parse({ ending, text }: Stored): CallRecord {
  return { ...readRecord(text), ...(ending !== undefined && readEnding(ending)) };
}
