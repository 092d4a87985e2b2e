import { setTimeout as delay } from 'node:timers/promises';
import {
  context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { loggingErrorHandler, setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import type { Log } from '../log.ts';
import { spans } from '../metrics.ts';
import type { Metrics } from './metrics.ts';
import { samplerOf } from './sampler.ts';
import { CountedExporter, CountingProcessor, SpanCounters } from './span-exporter.ts';
import { SpanIds } from './span-ids.ts';
import { callSpanIdOf, traceIdOf } from './trace-id.ts';

export interface TracingOptions {
  /** The standard variables of OpenTelemetry. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly region: string;
  readonly node: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** Whether it answers somebody else, or asks. */
  readonly kind?: 'internal' | 'server' | 'client';
  readonly attributes?: SpanAttributes;
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/** Spans that wait to be exported, and how many go at once: a second of many calls. */
const queue = { maxQueueSize: 32_768, maxExportBatchSize: 2_048, scheduledDelayMillis: 1_000 };
/** Milliseconds that the last spans may take at the end. */
const flushDeadline = 2_000;

/** The traces of calls: every tier adds the spans of what it does. */
export class Tracing {
  readonly #sdk: NodeSDK;
  readonly #sampler: Sampler;
  readonly #ids: SpanIds;

  constructor({ env, region, node, log, metrics }: TracingOptions) {
    reportTo(log);
    const counters = new SpanCounters();
    metrics.observe(spans, (report) => {
      for (const [event, count] of Object.entries(counters)) report(count, { event });
    });
    this.#sampler = samplerOf(env);
    this.#ids = new SpanIds();
    const exporter = new CountedExporter(new OTLPTraceExporter(), counters);
    this.#sdk = new NodeSDK({
      resource: resourceFromAttributes({
        'service.name': 'tandem',
        'service.namespace': region,
        'service.instance.id': node,
      }),
      sampler: this.#sampler,
      idGenerator: this.#ids,
      spanProcessors: [new CountingProcessor(counters), new BatchSpanProcessor({ exporter, ...queue })],
      metricReaders: [],
      logRecordProcessors: [],
      resourceDetectors: [envDetector],
    });
    this.#sdk.start();
  }

  /** What the spans of a call are within; undefined when its trace is not sampled, which every node finds alike. */
  ofCall(call: string): SpanContext | undefined {
    const traceId = traceIdOf(call);
    const { decision } = this.#sampler.shouldSample(ROOT_CONTEXT, traceId, 'call', 0, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED
      ? { traceId, spanId: callSpanIdOf(call), traceFlags: TraceFlags.SAMPLED, isRemote: true }
      : undefined;
  }

  /** The span of all of a call, which others are within: to be told once. Times are in milliseconds since 1970 UTC. */
  call(call: string, startMs: number, endMs: number, attributes: SpanAttributes): void {
    const ids = { traceId: traceIdOf(call), spanId: callSpanIdOf(call) };
    const options = { attributes, startTime: startMs, kind: SpanKind.SERVER, root: true };
    this.#ids.with(ids, () => tracerOf('call').startSpan('call', options, ROOT_CONTEXT)).end(endMs);
  }

  /** A span of a tier, within another one. */
  begin(
    tier: string,
    name: string,
    parent: SpanContext,
    { kind = 'internal', attributes = {} }: SpanStart = {},
  ): Span {
    const options = { kind: kinds[kind], attributes };
    return tracerOf(tier).startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, parent));
  }

  /** Runs something, all that it waits for included, within a span. */
  within<T>(span: Span, work: () => T): T {
    return context.with(trace.setSpan(ROOT_CONTEXT, span), work);
  }

  /** What runs is within; undefined when that is not traced. */
  get current(): SpanContext | undefined {
    return trace.getActiveSpan()?.spanContext();
  }

  /** Sends what has ended, for two seconds at most. */
  async close(): Promise<void> {
    const flushed = this.#sdk.shutdown().catch((error: unknown) => diag.warn('spans are lost', error));
    await Promise.race([flushed, delay(flushDeadline, undefined, { ref: false })]);
    trace.disable();
    context.disable();
    diag.disable();
  }
}

function tracerOf(tier: string): ReturnType<typeof trace.getTracer> {
  return trace.getTracer(`tandem/${tier}`);
}

/** What goes wrong with traces is of interest, but not each time. */
function reportTo(log: Log): void {
  let quietUntil = 0;
  const say = (message: string, ...more: readonly unknown[]): void => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + 60_000;
    log.warn({ detail: [message, ...more].map(String).join(' ') }, 'traces cannot be sent');
  };
  const silent = (): void => undefined;
  const logger = { error: say, warn: say, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  setGlobalErrorHandler(loggingErrorHandler());
}
