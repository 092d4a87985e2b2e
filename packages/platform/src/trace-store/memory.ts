import type { Bus, Subscription } from '../bus/bus.ts';
import { matches } from '../bus/subject.ts';
import { decodeBatch } from './batch.ts';
import { allTraces, type TraceBatch, type TraceStore, traceLifetimeMs } from './trace-store.ts';

interface Kept {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly at: number;
}

export interface MemoryTraceStoreOptions {
  readonly bus: Bus;
  /** In milliseconds. */
  readonly now: () => number;
  /** Octets that are kept at most; the oldest make room. */
  readonly maxOctets?: number;
}

/** Traces of one process, as they came over the bus. */
export class MemoryTraceStore implements TraceStore {
  readonly #now: () => number;
  readonly #maxOctets: number;
  /** In order of arrival, each under its number. */
  readonly #kept = new Map<number, Kept>();
  readonly #subscription: Subscription;
  #octets = 0;
  #last = 0;

  constructor({ bus, now, maxOctets = 33_554_432 }: MemoryTraceStoreOptions) {
    this.#now = now;
    this.#maxOctets = maxOctets;
    this.#subscription = bus.subscribe(allTraces, ({ subject, payload }) => this.#keep(subject, payload));
  }

  async find(subject: string): Promise<readonly TraceBatch[]> {
    this.#forget();
    const pattern = subject.split('.');
    return [...this.#kept.values()]
      .filter((kept) => matches(pattern, kept.subject.split('.')))
      .map(({ payload }) => decodeBatch(payload))
      .filter((batch) => batch !== undefined);
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #keep(subject: string, payload: Uint8Array): void {
    this.#kept.set(++this.#last, { subject, payload, at: this.#now() });
    this.#octets += payload.length;
    this.#forget();
  }

  #forget(): void {
    const oldest = this.#now() - traceLifetimeMs;
    for (const [number, { at, payload }] of this.#kept) {
      if (this.#octets <= this.#maxOctets && at > oldest) return;
      this.#kept.delete(number);
      this.#octets -= payload.length;
    }
  }
}
