import type { CallRecord, CallStore, Log } from '@tandem/platform';
import type { OtherEdges } from '../uses/edges.ts';
import type { Members } from '../uses/workers.ts';
import type { CallRecords } from './call-records.ts';
import { within } from './within.ts';

export interface AdoptionParts {
  readonly store: CallStore;
  readonly membership: Members | undefined;
  readonly edges: OtherEdges;
  readonly records: CallRecords;
  readonly node: string;
  readonly log: Log;
  readonly now: () => number;
  /** Told of each call that is this edge's from now on. */
  readonly adopted: (record: CallRecord) => void;
}

/** Records that are taken over at once. */
const batchSize = 100;
/** Milliseconds between two looks for calls that nobody looks after. */
const sweepInterval = 2_000;
/** Milliseconds that the store may take for a batch. */
const deadline = 2_000;

/** Takes over the calls of edges that have died. All that are alive do, each gets a part of them. */
export class Adoption {
  readonly #parts: AdoptionParts;
  readonly #adopting = new Set<string>();
  /** Owners that were no members at the last look: an edge that has just come may have calls before it is known. */
  #absent = new Set<string>();
  /** Of the calls that began before, the store may have some as this edge's that it does not know of. */
  #unsure: number | undefined;
  #stops: (() => void)[] = [];

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  start(): void {
    const { membership } = this.#parts;
    if (!membership) return;
    const sweep = setInterval(() => void this.sweep(), sweepInterval).unref();
    const unsubscribe = membership.onChange(({ change, member }) => {
      if (change === 'died' && member.tier === 'edge') void this.#adopt(member.id);
    });
    this.#stops = [() => clearInterval(sweep), unsubscribe];
    this.#unsure = this.#parts.now();
    void this.#guard(this.#recover());
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  /** Looks for calls whose edge is not there, and for those that are this edge's without its knowing. */
  async sweep(): Promise<void> {
    await this.#guard(this.#recover());
    await this.#guard(this.#adoptAbsent());
  }

  /** The store may have given calls to this edge, for all that it has not said so. */
  doubt(): void {
    this.#unsure = Number.POSITIVE_INFINITY;
  }

  async #adoptAbsent(): Promise<void> {
    const { membership, node, now, store } = this.#parts;
    const members = new Set(membership?.members('edge').map(({ id }) => id));
    // Who does not see itself does not see the others either.
    if (!members.has(node)) {
      this.#absent.clear();
      return;
    }
    const owners = await within(deadline, store.owners(now()));
    const absent = new Set(owners.filter((owner) => !members.has(owner)));
    const due = [...absent].filter((owner) => this.#absent.has(owner));
    this.#absent = absent;
    await Promise.all(due.map((owner) => this.#adopt(owner)));
  }

  async #adopt(from: string): Promise<void> {
    if (from === this.#parts.node || this.#adopting.has(from)) return;
    this.#adopting.add(from);
    await this.#guard(this.#adoptAll(from));
    this.#adopting.delete(from);
  }

  async #adoptAll(from: string): Promise<void> {
    const { edges, log, node, now, store } = this.#parts;
    for (;;) {
      const batch = await within(deadline, store.adopt(from, node, batchSize, now())).catch((error) => {
        this.doubt();
        throw error;
      });
      this.#keep(batch);
      // It may be alive all the same, and only have been stuck.
      edges.gone(
        from,
        batch.map(({ id }) => id),
      );
      if (batch.length > 0) log.info({ from, calls: batch.length }, 'calls of an edge that is gone');
      if (batch.length < batchSize) return;
    }
  }

  /** What an earlier life of this edge has left, when nobody else has adopted it, or what it was given since. */
  async #recover(): Promise<void> {
    const before = this.#unsure;
    if (before === undefined) return;
    this.#unsure = undefined;
    try {
      await this.#keepOwn(before);
    } catch (error) {
      this.#unsure = before;
      throw error;
    }
  }

  async #keepOwn(before: number): Promise<void> {
    const { node, now, records, store } = this.#parts;
    const query = { limit: batchSize, owner: node, withEnding: true };
    let cursor: string | undefined;
    do {
      const page = await within(deadline, store.list({ ...query, cursor }, now()));
      this.#keep(page.records.filter(({ id, startedMs }) => startedMs < before && !records.knows(id)));
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  #keep(batch: readonly CallRecord[]): void {
    this.#parts.records.adopt(batch);
    for (const record of batch) this.#parts.adopted(record);
  }

  /** What fails is tried again at the next look. */
  async #guard(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (err) {
      this.#parts.log.warn({ err }, 'calls of other edges could not be looked for');
    }
  }
}
