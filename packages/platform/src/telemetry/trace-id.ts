import type { SpanContext } from '@opentelemetry/api';

const traceparentSyntax = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const sampledFlag = 1;

/**
 * The trace of a call: a UUID has as many octets as a trace has, so that whoever knows the call knows its trace,
 * without asking anybody.
 */
export function traceIdOf(call: string): string {
  return call.replaceAll('-', '').toLowerCase();
}

/** The span that stands for all of a call, whoever tells it at the end. */
export function callSpanIdOf(call: string): string {
  return traceIdOf(call).slice(16);
}

/** W3C Trace Context. */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Undefined for what is empty, malformed, or of a trace that is not recorded. */
export function readTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = traceparentSyntax.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const traceFlags = Number.parseInt(flags, 16);
  return (traceFlags & sampledFlag) === 0 ? undefined : { traceId, spanId, traceFlags, isRemote: true };
}
