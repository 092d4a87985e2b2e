import {
  type CallRecord,
  type CallStore,
  callRecordTooLarge,
  callStoreFull,
  type Log,
} from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { withoutMedia } from '../call-dialogs.ts';
import { Custody } from './custody.ts';
import type { CallEnd } from './ended.ts';
import { all, keep, newCall, type OwnCall, type RecordEdit, storedCall, unpacked } from './own-call.ts';
import { OwnCalls } from './own-calls.ts';
import { WaitingEdits } from './waiting-edits.ts';
import { within } from './within.ts';
import { WriteBehind } from './write-behind.ts';

export interface CallRecordsParts {
  readonly store: CallStore;
  readonly node: string;
  readonly log: Log;
  readonly now: () => number;
  /** Tells the edge that had calls that it has them no longer. */
  readonly gone: (edge: string, calls: readonly string[]) => void;
  /** Whether a call that the store does not know goes on all the same. */
  readonly isAlive: (record: CallRecord) => Promise<boolean>;
}

/** What was counted since the start. */
export interface RecordTallies {
  /** Writes that the store has taken. */
  written: number;
  /** Times that the store went away. */
  failed: number;
  /** Writes that were given up: too many waited, or the store was away for too long. */
  dropped: number;
  /** Records that were too large, or that the store had no room for. */
  refused: number;
  /** Records that the store had lost and got again. */
  restored: number;
}

/** A record that is to be taken when the store is back. */
interface Late {
  readonly end: CallEnd;
  readonly then: (record: CallRecord) => void;
}

/** Milliseconds after which the record of a call that nobody ended is gone. */
const recordLifetime = 24 * 60 * 60_000;
/** Milliseconds that the store may take. */
const deadline = 1_000;
/** Milliseconds within which whoever has taken a record of this edge has told so. */
const tellingTime = 1_000;

/**
 * The records of calls: in the store, where every edge can end and change them, and a copy of those that this edge looks
 * after, by which they go on while the store is away. Writing waits for nobody and nobody waits for it.
 */
export class CallRecords {
  readonly tallies: RecordTallies = { written: 0, failed: 0, dropped: 0, refused: 0, restored: 0 };
  readonly #parts: CallRecordsParts;
  /** The calls that this edge looks after. */
  readonly own: OwnCalls = new OwnCalls();
  readonly custody: Custody = new Custody();
  readonly #edits = new WaitingEdits();
  readonly #late = new Map<string, Late>();
  /** Calls of this edge that are being ended, and that another one may have taken before. */
  readonly #ending = new Map<string, () => void>();
  /** Calls that the store has as ended by this edge, or will have: whether that was told. */
  readonly #ended = new Map<string, 'taken' | 'told'>();
  readonly #writes: WriteBehind;

  constructor(parts: CallRecordsParts) {
    this.#parts = parts;
    this.#writes = new WriteBehind({
      write: (id) => this.#write(id),
      dropped: (id) => this.#dropped(id),
      failed: (err) => {
        this.tallies.failed++;
        parts.log.warn({ err }, 'the store of calls is away: records wait');
      },
      now: parts.now,
    });
  }

  /** Writes that wait. */
  get waiting(): number {
    return this.#writes.size;
  }

  /** Whether a session is over by what the store says: another edge may have seen a refresh. Rejects when it is away. */
  async isExpired(id: string): Promise<boolean> {
    const { now, store } = this.#parts;
    const own = this.own.get(id);
    // What is to be written yet says that the store is behind.
    if (this.#edits.has(id)) return false;
    if (own?.isStored) {
      const record = await within(deadline, store.get(id, now()));
      if (record) this.#changed(id, record);
    }
    return (this.own.get(id)?.givenUpAt ?? Number.POSITIVE_INFINITY) <= now();
  }

  /** The ids of calls that were answered, and that the store has as they are. */
  settledCalls(): string[] {
    return [...this.own]
      .filter(([id, own]) => own.isStored && typeof own.record === 'string' && !this.#edits.has(id))
      .map(([id]) => id);
  }

  /** Whether this edge looks after a call, or is about to tell of its end. */
  knows(id: string): boolean {
    return this.own.has(id) || this.#ended.has(id);
  }

  /** Keeps and writes the record of a call that begins here. */
  begin(record: CallRecord): void {
    this.own.set(record.id, newCall(record));
    this.#writes.push(record.id);
  }

  /** Keeps records that are in the store as this edge's, or as ended by it. */
  adopt(records: readonly CallRecord[]): void {
    for (const record of records) {
      if (record.end) this.#ended.set(record.id, 'taken');
      else this.own.set(record.id, storedCall(record));
    }
  }

  /** Another edge looks after these calls, or has ended them. What waits is written all the same: it has passed here. */
  forget(calls: readonly string[]): void {
    for (const id of calls) {
      this.own.delete(id);
      this.#ending.get(id)?.();
    }
  }

  /** Changes the record of a call, whoever looks after it. */
  change(id: string, edit: RecordEdit): void {
    if (this.#late.has(id)) return;
    const own = this.own.get(id);
    if (own) keep(own, edit(unpacked(own)));
    if (!own || own.isTried) this.#remember(id, edit, own);
    this.#writes.push(id);
  }

  /**
   * Changes it at once, and returns what it has become; undefined when there is none. When the store takes longer than
   * `ms`, or is away, the copy is changed, and the store later.
   */
  async changeNow(id: string, edit: RecordEdit, ms: number = deadline): Promise<CallRecord | undefined> {
    const own = this.own.get(id);
    if (own && !own.isStored) {
      this.change(id, edit);
      return this.own.copy(id);
    }
    await this.#writes.cancel(id);
    const edits = [...this.#edits.take(id), edit];
    const { now, store } = this.#parts;
    try {
      const changed = await within(
        ms,
        store.change(id, (record) => all(record, edits), now()),
      );
      this.tallies.written++;
      if (changed) this.#changed(id, changed);
      return changed;
    } catch (error) {
      if (own === undefined || this.own.get(id) !== own) throw error;
      keep(own, edit(unpacked(own)));
      for (const each of edits) this.#remember(id, each, own);
      this.#writes.push(id);
      return unpacked(own);
    }
  }

  /** The record as it is, whoever looks after the call; while the store is away the copy. */
  async read(id: string): Promise<CallRecord | undefined> {
    const { now, store } = this.#parts;
    const copy = this.own.copy(id);
    // Changes that wait are in the copy alone.
    if (copy && this.#edits.has(id)) return copy;
    try {
      return (await within(deadline, store.get(id, now()))) ?? copy;
    } catch (error) {
      if (copy) return copy;
      throw error;
    }
  }

  /**
   * Takes the record of a call that ends: of all who do, one gets it. Rejects when that cannot be known, for the store is
   * away and another edge looks after the call. Until {@link finish} another edge does so when this one dies.
   */
  async take(id: string, end: CallEnd): Promise<CallRecord | undefined> {
    if (this.#ended.has(id) || this.#late.has(id)) return undefined;
    const own = this.own.get(id);
    const told = own && this.#awaitTelling(id);
    this.own.delete(id);
    await this.#writes.cancel(id);
    const edits = this.#edits.take(id);
    try {
      if (own && !own.isTried) return unpacked(own);
      const record = await this.#takeStored(id, end, edits, own);
      if (record || !own) return record;
      return own.isStored && (await told!.before(tellingTime)) ? undefined : unpacked(own);
    } finally {
      told?.stop();
    }
  }

  /** Takes the record of another edge's call when the store is back. False when there is no room for that. */
  takeLate(id: string, end: CallEnd, then: (record: CallRecord) => void): boolean {
    this.#late.set(id, { end, then });
    return this.#writes.push(id);
  }

  /** The end of a call that was taken has been told. */
  finish(id: string): void {
    if (!this.#ended.has(id) && !this.#late.has(id)) return;
    this.#ended.set(id, 'told');
    this.#writes.push(id);
  }

  /** Whether a call is over as far as this edge knows, and the store is to be told yet. */
  isOver(id: string): boolean {
    return this.#late.has(id);
  }

  /** Looks whether the store still has some of the calls of this edge; `part` of `parts`. */
  async verify(part: number, parts: number): Promise<void> {
    const due = [...this.own.keys()].filter((_, index) => index % parts === part);
    for (const id of due) {
      const own = this.own.get(id);
      if (own?.isStored === false) this.#writes.push(id);
      if (!own?.isStored || this.#edits.has(id)) continue;
      const record = await within(deadline, this.#parts.store.get(id, this.#parts.now()));
      if (record && record.node !== this.#parts.node) this.forget([id]);
      else if (!record) void this.#missing(id);
    }
  }

  /** Resolves when all is written that can be. */
  settled(): Promise<void> {
    return this.#writes.settled();
  }

  async #takeStored(
    id: string,
    end: CallEnd,
    edits: readonly RecordEdit[],
    own: OwnCall | undefined,
  ): Promise<CallRecord | undefined> {
    try {
      const record = await this.#end(id, end, own !== undefined);
      return record && all(record, edits);
    } catch (error) {
      if (!own) throw error;
      this.takeLate(id, end, () => {});
      return unpacked(own);
    }
  }

  async #end(id: string, end: CallEnd, isOwn: boolean): Promise<CallRecord | undefined> {
    const { gone, node, now, store } = this.#parts;
    const record = await within(deadline, store.take(id, { node, end, isOwn }, now()));
    if (!record) return undefined;
    if (!this.#ended.has(id)) this.#ended.set(id, 'taken');
    if (record.node !== node) gone(record.node, [id]);
    return record;
  }

  async #write(id: string): Promise<void> {
    const late = this.#late.get(id);
    if (late) return this.#takeNow(id, late);
    if (this.#ended.get(id) === 'told') return this.#finish(id);
    const own = this.own.get(id);
    if (own && !own.isStored) return this.#put(own);
    const edits = this.#edits.take(id);
    if (edits.length === 0) return;
    const { now, store } = this.#parts;
    try {
      const changed = await within(
        deadline,
        store.change(id, (record) => all(record, edits), now()),
      );
      this.tallies.written++;
      if (changed) this.#changed(id, changed);
      else if (own) void this.#missing(id);
    } catch (error) {
      if (this.#isRefused(error)) return;
      this.#edits.giveBack(id, edits);
      throw error;
    }
  }

  async #put(own: OwnCall): Promise<void> {
    const { now, store } = this.#parts;
    const written = unpacked(own);
    this.#edits.delete(written.id);
    own.isTried = true;
    try {
      await within(deadline, store.put(written, now() + recordLifetime, now()));
      own.isStored = true;
      this.tallies.written++;
      if (own.record === written && written.state === 'answered') own.record = JSON.stringify(written);
    } catch (error) {
      if (!this.#isRefused(error)) throw error;
      if (!(error instanceof Fault) || error.kind !== callRecordTooLarge) return;
      const smaller = withoutMedia(written);
      if (smaller === written) return;
      keep(own, smaller);
      this.#writes.push(written.id);
    }
  }

  async #takeNow(id: string, { end, then }: Late): Promise<void> {
    const record = await this.#end(id, end, false);
    this.#late.delete(id);
    const edits = this.#edits.take(id);
    if (!record) this.#ended.delete(id);
    else if (this.#ended.get(id) === 'told') this.finish(id);
    else then(all(record, edits));
  }

  async #finish(id: string): Promise<void> {
    const { node, store } = this.#parts;
    await within(deadline, store.finish(id, node));
    this.#ended.delete(id);
    this.tallies.written++;
  }

  /** The store has said what a record has become. */
  #changed(id: string, record: CallRecord): void {
    const own = this.own.get(id);
    if (!own) return;
    if (record.node === this.#parts.node) keep(own, this.#edits.applied(record), true);
    else this.forget([id]);
  }

  /** The store has no record of a call of ours: another one has taken it, and tells so, or the store has lost it. */
  async #missing(id: string): Promise<void> {
    const told = this.#awaitTelling(id);
    const isTold = await told.before(tellingTime);
    told.stop();
    const own = this.own.get(id);
    if (isTold || !own) return;
    if (!(await this.#parts.isAlive(unpacked(own)))) {
      this.forget([id]);
      return;
    }
    this.tallies.restored++;
    own.isStored = false;
    this.#writes.push(id);
  }

  #awaitTelling(id: string): { before: (ms: number) => Promise<boolean>; stop: () => void } {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#ending.set(id, () => resolve(true));
    return {
      before: (ms) => Promise.race([promise, after(ms)]),
      stop: () => void this.#ending.delete(id),
    };
  }

  #remember(id: string, edit: RecordEdit, own: OwnCall | undefined): void {
    if (!this.#edits.add(id, edit, own)) this.#dropped(id);
  }

  #isRefused(error: unknown): boolean {
    const isRefused =
      error instanceof Fault && (error.kind === callRecordTooLarge || error.kind === callStoreFull);
    if (!isRefused) return false;
    this.tallies.refused++;
    this.#parts.log.warn({ err: error }, 'the record of a call was not kept');
    return true;
  }

  #dropped(id: string): void {
    this.tallies.dropped++;
    this.#late.delete(id);
    this.#edits.delete(id);
    this.#ended.delete(id);
    this.#parts.log.error({ callId: id }, 'the record of a call was not changed');
  }
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}
