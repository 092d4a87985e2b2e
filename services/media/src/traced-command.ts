import type { media } from '@tandem/contract';
import { readTraceparent, type Tracing } from '@tandem/platform';

/** Carries a command out within the trace that it belongs to. */
export async function tracedCommand<T>(
  tracing: Tracing | undefined,
  { command, traceparent }: media.Command,
  carryOut: () => Promise<T>,
): Promise<T> {
  const parent = tracing && readTraceparent(traceparent);
  if (!parent) return carryOut();
  const span = tracing.begin('media', command?.$case ?? 'unknown', parent, { kind: 'server' });
  try {
    return await carryOut();
  } catch (error) {
    span.setStatus({ code: 2, message: String(error) });
    throw error;
  } finally {
    span.end();
  }
}
