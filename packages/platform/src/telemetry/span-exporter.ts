import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Spans so far: ended, and of those what became of them. What is missing was dropped, or waits. */
export class SpanCounters {
  ended = 0;
  exported = 0;
  failed = 0;
}

/** Counts what an exporter gets rid of, and never throws. */
export class CountedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #counters: SpanCounters;

  constructor(exporter: SpanExporter, counters: SpanCounters) {
    this.#exporter = exporter;
    this.#counters = counters;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.#counters.exported += spans.length;
      else this.#counters.failed += spans.length;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

/** Counts what ends. */
export class CountingProcessor implements SpanProcessor {
  readonly #counters: SpanCounters;

  constructor(counters: SpanCounters) {
    this.#counters = counters;
  }

  onStart(): void {}

  onEnd(): void {
    this.#counters.ended++;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
