import type { CallLimits, Log } from '@tandem/platform';
import type { CallRecords } from './call-records.ts';
import type { OwnCalls } from './own-calls.ts';

export interface PlacesParts {
  readonly limits: CallLimits;
  readonly records: Pick<CallRecords, 'verify'> & { readonly own: Pick<OwnCalls, 'places'> };
  readonly log: Log;
  readonly now: () => number;
}

/** Milliseconds between two renewals, and that a place is held without one. */
const interval = 20_000;
const lifetime = 60_000;
/** Calls that are renewed at once. */
const batchSize = 500;
/** So many renewals are one round of looking whether the store has all calls of this edge. */
const parts = 15;

/** Keeps the places of calls that this edge looks after, for as long as they last (design §8, `limit:{…}`). */
export class Places {
  readonly #parts: PlacesParts;
  #timer: NodeJS.Timeout | undefined;
  #round = 0;

  constructor(parts: PlacesParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.renew(), interval).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async renew(): Promise<void> {
    const { limits, log, now, records } = this.#parts;
    try {
      const held = [...records.own.places()];
      for (let at = 0; at < held.length; at += batchSize)
        await limits.renew(held.slice(at, at + batchSize), now() + lifetime, now());
      await records.verify(this.#round++ % parts, parts);
    } catch (err) {
      log.warn({ err }, 'the places of calls could not be renewed');
    }
  }
}
