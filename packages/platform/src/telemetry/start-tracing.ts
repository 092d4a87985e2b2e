import type { Tracing, TracingOptions } from './tracing.ts';

/**
 * Begins to trace calls when OTEL_EXPORTER_OTLP_ENDPOINT says where to. Without it nothing of it is even loaded.
 * Throws `setting-invalid` for a sampler that there is not.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const { env, log } = options;
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isOff = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none';
  if (!endpoint || isOff) return undefined;
  const module = await import('./tracing.ts');
  const tracing = new module.Tracing(options);
  log.info({ endpoint }, 'calls are traced');
  return tracing;
}
