import { RandomIdGenerator } from '@opentelemetry/sdk-trace';

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
}

/** Ids at random, unless they were given for the span that is begun next. */
export class SpanIds extends RandomIdGenerator {
  #given: Ids | undefined;

  /** Runs what begins one span, without a parent, with these ids. */
  with<T>(ids: Ids, begin: () => T): T {
    this.#given = ids;
    try {
      return begin();
    } finally {
      this.#given = undefined;
    }
  }

  override generateTraceId(): string {
    return this.#given?.traceId ?? super.generateTraceId();
  }

  override generateSpanId(): string {
    return this.#given?.spanId ?? super.generateSpanId();
  }
}
