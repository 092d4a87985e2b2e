import { type CallRecord, type CallStore, serving } from '@tandem/platform';
import type { OtherEdges } from '../uses/edges.ts';
import type { Members } from '../uses/workers.ts';
import type { CallRecords } from './call-records.ts';
import { within } from './within.ts';

export interface HandOverParts {
  readonly store: CallStore;
  readonly membership: Members | undefined;
  readonly edges: OtherEdges;
  readonly records: CallRecords;
  readonly node: string;
  readonly now: () => number;
  readonly adopted: (record: CallRecord) => void;
  /** Told when the store may have given calls to this edge, and did not say so. */
  readonly doubt: () => void;
}

/** Calls that are given in one message, and messages that wait for their answers: the store has each call to change. */
const batchSize = 50;
const atOnce = 2;
/** From here on an edge is not given more, if another one has room. */
const busy = 0.8;
/** Milliseconds that the store may take. */
const deadline = 1_000;

/** Gives the calls of this edge to others, and takes those that others give. */
export class HandOver {
  /** Calls that others have taken. */
  given = 0;
  readonly #parts: HandOverParts;
  #next = 0;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
  }

  /** Whether there is anybody to give calls to. */
  get isPossible(): boolean {
    return this.#others().length > 0;
  }

  /** Gives away all calls that were answered, that the store has and that nothing is done about; those that nobody took stay. */
  async giveAll(): Promise<void> {
    const { records } = this.#parts;
    await records.settled();
    const calls = records.settledCalls();
    const batches: string[][] = [];
    for (let at = 0; at < calls.length; at += batchSize) batches.push(calls.slice(at, at + batchSize));
    const left = batches.values();
    const giving = Array.from({ length: atOnce }, async () => {
      for (const batch of left) await records.custody.give(batch, (free) => this.#give(free));
    });
    await Promise.all(giving);
  }

  /** Looks after calls that another edge gives. Rejects when the store is away: then they stay where they are. */
  async take(from: string, calls: readonly string[]): Promise<void> {
    const { adopted, doubt, node, now, records, store } = this.#parts;
    const moved = await within(
      deadline,
      Promise.all(
        calls.map((id) =>
          store.change(id, (record) => (record.node === from ? { ...record, node } : undefined), now()),
        ),
      ),
    ).catch((error) => {
      doubt();
      throw error;
    });
    const taken = moved.filter((record) => record !== undefined);
    records.adopt(taken);
    for (const record of taken) adopted(record);
  }

  async #give(calls: readonly string[]): Promise<void> {
    const others = withRoom(this.#others());
    const other = others[this.#next++ % others.length];
    if (!other || !(await this.#parts.edges.give(other.id, calls))) return;
    this.#parts.records.forget(calls);
    this.given += calls.length;
  }

  #others(): ReturnType<Members['members']> {
    const { membership, node } = this.#parts;
    return serving(membership?.members('edge') ?? []).filter(({ id }) => id !== node);
  }
}

/** Those that have room, or all where none has. */
function withRoom<Edge extends { readonly occupancy?: number | undefined }>(
  edges: readonly Edge[],
): readonly Edge[] {
  const roomy = edges.filter(({ occupancy = 0 }) => occupancy < busy);
  return roomy.length > 0 ? roomy : edges;
}
