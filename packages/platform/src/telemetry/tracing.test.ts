import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { Collector } from './collector.ts';
import { Metrics } from './metrics.ts';
import { startTracing } from './start-tracing.ts';
import { callSpanIdOf, readTraceparent, traceIdOf, writeTraceparent } from './trace-id.ts';
import type { Tracing } from './tracing.ts';

const call = '0b7e0ccd-43ad-4a1b-8dbf-3d1a6a3f0f1e';
const [traceId, spanId] = ['0b7e0ccd43ad4a1b8dbf3d1a6a3f0f1e', '8dbf3d1a6a3f0f1e'];

describe('tracing', () => {
  let collector: Collector;
  let lines: { readonly msg: string }[];
  let metrics: Metrics;
  let tracing: Tracing | undefined;

  beforeEach(async () => {
    lines = [];
    collector = await Collector.listen('127.0.0.1');
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  });
  afterEach(async () => {
    await tracing?.close();
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    collector.close();
  });

  async function start(env: Record<string, string> = {}): Promise<Tracing | undefined> {
    const log = createLog({
      level: 'info',
      node: 'n',
      destination: { write: (line) => lines.push(JSON.parse(line)) },
    });
    metrics = new Metrics({ region: 'eu', node: 'edge-1', log });
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env };
    tracing = await startTracing({ env: variables, region: 'eu', node: 'edge-1', log, metrics });
    return tracing;
  }

  it('tells spans of tiers within the span of their call, whoever ends it', async () => {
    const started = await start();
    const span = started!.begin('edge', 'INVITE', started!.ofCall(call)!);
    started!.begin('router', 'decide', span.spanContext()).end();
    span.end();
    const now = Date.now();
    started!.call(call, now - 1_000, now, {});
    await started!.close();
    const [decide, invite, whole] = collector.spans;
    expect(whole).toMatchObject({ name: 'call', scope: 'tandem/call', traceId, spanId, parentSpanId: '' });
    // Times travel in seconds and nanoseconds, and come back as fractions.
    expect(whole!.start).toBeCloseTo(now - 1_000, 1);
    expect(whole!.end).toBeCloseTo(now, 1);
    expect(invite).toMatchObject({ name: 'INVITE', scope: 'tandem/edge', traceId, parentSpanId: spanId });
    expect(decide).toMatchObject({ name: 'decide', traceId, parentSpanId: invite!.spanId });
    expect(collector.resource).toMatchObject({ 'service.namespace': 'eu', 'service.instance.id': 'edge-1' });
    expect(await metrics.scrape()).toMatch(/^tandem_spans_total\{event="exported"\} 3$/m);
  });

  it('finds what it runs within, across what is waited for', async () => {
    const started = await start();
    const span = started!.begin('router', 'decide', started!.ofCall(call)!);
    const found = await started!.within(span, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return started!.current;
    });
    expect(found).toEqual(span.spanContext());
    expect(started!.current).toBeUndefined();
  });

  it('samples a call on every node alike', async () => {
    const ratio = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' };
    const started = await start(ratio);
    const calls = Array.from({ length: 200 }, () => crypto.randomUUID());
    const sampled = calls.filter((each) => started!.ofCall(each));
    expect(sampled.length).toBeGreaterThan(50);
    expect(sampled.length).toBeLessThan(150);
    await started!.close();
    const again = await start(ratio);
    expect(calls.filter((each) => again!.ofCall(each))).toEqual(sampled);
  });

  it.each([
    [{ OTEL_SDK_DISABLED: 'true' }],
    [{ OTEL_TRACES_EXPORTER: 'none' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ])('is off with %j', async (env) => {
    expect(await start(env)).toBeUndefined();
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'some' }, 'OTEL_TRACES_SAMPLER: there is no sampler "some"'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, 'OTEL_TRACES_SAMPLER_ARG'],
  ])('names what is wrong with %j', async (env, problem) => {
    await expect(start(env)).rejects.toThrow(problem);
  });

  it('goes on when the collector takes nothing, and says so once', async () => {
    collector.status = 400;
    const started = await start();
    for (let count = 0; count < 5_000; count++)
      started!.begin('edge', 'INVITE', started!.ofCall(call)!).end();
    await started!.close();
    expect(lines.filter(({ msg }) => msg === 'traces cannot be sent')).toHaveLength(1);
    expect(await metrics.scrape()).toMatch(/^tandem_spans_total\{event="failed"\} [1-9]/m);
  });
});

describe('a trace id', () => {
  it('is the id of its call', () => {
    expect([traceIdOf(call), callSpanIdOf(call.toUpperCase())]).toEqual([traceId, spanId]);
  });

  it('is passed on with the span', () => {
    const context = { traceId, spanId, traceFlags: 1 };
    expect(writeTraceparent(context)).toBe(`00-${traceId}-${spanId}-01`);
    expect(readTraceparent(writeTraceparent(context))).toEqual({ ...context, isRemote: true });
  });

  it.each(['', 'x', `00-${traceId}-${spanId}-00`, `01-${traceId}-${spanId}-01`, `00-${traceId}-01`])(
    'is not taken from %j',
    (text) => {
      expect(readTraceparent(text)).toBeUndefined();
    },
  );
});
