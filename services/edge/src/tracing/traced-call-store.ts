import type { CallEnding, CallPage, CallQuery, CallRecord, CallStore } from '@tandem/platform';
import type { CallTracing } from './call-tracing.ts';

/** The store of call records: what is changed of a call is in its trace. */
export class TracedCallStore implements CallStore {
  readonly #store: CallStore;
  readonly #tracing: CallTracing;

  constructor(store: CallStore, tracing: CallTracing) {
    this.#store = store;
    this.#tracing = tracing;
  }

  put(record: CallRecord, expiresAt: number, now: number): Promise<void> {
    return this.#traced(record.id, 'put', () => this.#store.put(record, expiresAt, now));
  }

  get(id: string, now: number): Promise<CallRecord | undefined> {
    return this.#store.get(id, now);
  }

  change(
    id: string,
    edit: (record: CallRecord) => CallRecord | undefined,
    now: number,
  ): Promise<CallRecord | undefined> {
    return this.#traced(id, 'change', () => this.#store.change(id, edit, now));
  }

  take(id: string, ending: CallEnding, now: number): Promise<CallRecord | undefined> {
    return this.#traced(id, 'take', () => this.#store.take(id, ending, now));
  }

  finish(id: string, node: string): Promise<void> {
    return this.#store.finish(id, node);
  }

  adopt(from: string, to: string, limit: number, now: number): Promise<readonly CallRecord[]> {
    return this.#store.adopt(from, to, limit, now);
  }

  owners(now: number): Promise<readonly string[]> {
    return this.#store.owners(now);
  }

  list(query: CallQuery, now: number): Promise<CallPage> {
    return this.#store.list(query, now);
  }

  async #traced<T>(call: string, operation: string, ask: () => Promise<T>): Promise<T> {
    const span = this.#tracing.work(call, `store ${operation}`);
    try {
      return await ask();
    } catch (error) {
      span?.setStatus({ code: 2, message: String(error) });
      throw error;
    } finally {
      span?.end();
    }
  }
}
