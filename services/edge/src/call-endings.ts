import type { event } from '@tandem/contract';
import type { CallLimits, CallRecord, Log } from '@tandem/platform';
import type { Anchors } from './anchor.ts';
import { logCall } from './call-log.ts';
import type { CallRecords } from './records/call-records.ts';
import { type CallEnd, endedEvent } from './records/ended.ts';
import { Sequences } from './sequences.ts';
import type { OtherEdges } from './uses/edges.ts';
import type { CallEvents } from './uses/events.ts';

export interface CallEndingsParts {
  readonly records: CallRecords;
  readonly limits: CallLimits;
  readonly edges: OtherEdges;
  readonly events: CallEvents;
  readonly anchors: Anchors;
  readonly log: Log;
}

/** How calls end: of all edges one gets the record, closes the media session and tells of the end. */
export class CallEndings {
  readonly #parts: CallEndingsParts;
  /** Each call ends one step after the other. */
  readonly #steps: Sequences;

  constructor(parts: CallEndingsParts) {
    this.#parts = parts;
    this.#steps = new Sequences((error) => parts.log.error({ err: error }, 'a call was not ended'));
  }

  /** Ends a call, after what is to be done for it before. */
  end(id: string, end: CallEnd): void {
    this.#steps.run(id, async () => {
      await this.take(id, end);
    });
  }

  /** The record of a call that ends, for the one who has it: whoever that is tells of the end. */
  async take(id: string, end: CallEnd): Promise<CallRecord | undefined> {
    const { edges, log, records } = this.#parts;
    try {
      const record = await records.take(id, end);
      if (record) this.conclude(record, end);
      return record;
    } catch (err) {
      log.info({ callId: id, err }, 'another edge is asked to end a call: the store is away');
      if (!(await edges.end(id, end))) records.takeLate(id, end, (record) => this.conclude(record, end));
      return undefined;
    }
  }

  /** Tells of an end. Nobody waits for that: while the bus is away it takes as long as that is. */
  conclude(call: CallRecord, end: CallEnd): void {
    this.#steps.run(call.id, () => this.#over(call, end));
  }

  /** Gives back the places of a call. */
  async giveUp(id: string, limits: readonly string[]): Promise<void> {
    if (limits.length === 0) return;
    try {
      await this.#parts.limits.release(id, limits);
    } catch (err) {
      this.#parts.log.warn({ callId: id, err }, 'the places of a call are given back by time alone');
    }
  }

  /** Resolves when all that was begun is done. */
  async settled(): Promise<void> {
    await this.#steps.settled();
    await this.#parts.records.settled();
  }

  async #over(call: CallRecord, end: CallEnd): Promise<void> {
    const { anchors, events, log, records } = this.#parts;
    const { mediaSession: media } = call;
    void this.giveUp(call.id, call.limits);
    const statistics = media === '' ? undefined : await anchors.close(media);
    const value = endedEvent(call, end, statistics);
    logCall(log, call, 'call ended', endedFields(value, statistics !== undefined));
    // Until then the store keeps the end: when this edge dies over it, another one tells of it.
    const { promise: isTold, resolve } = Promise.withResolvers<void>();
    events.publish(call.tenant, call.id, end.atMs, { $case: 'callEnded', value }, resolve);
    await isTold;
    records.finish(call.id);
  }
}

function endedFields(ended: event.CallEnded, isCounted: boolean): object {
  const { codec, status, releasedBy, outcome, fault } = ended;
  const { packetsFromCaller, packetsFromCallee, lostFromCaller, lostFromCallee } = ended;
  const attempts = ended.attempts.map(({ target, status: its }) => `${its} ${target}`);
  const traffic = { packetsFromCaller, packetsFromCallee, lostFromCaller, lostFromCallee };
  return {
    status,
    releasedBy,
    outcome,
    ...(fault === '' ? {} : { fault }),
    ...(codec === '' ? {} : { codec }),
    ...(isCounted ? traffic : {}),
    ...(attempts.length === 0 ? {} : { attempts }),
  };
}
