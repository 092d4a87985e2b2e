import { isatty } from 'node:tty';
import { Fault } from '@tandem/sip';
import { type DestinationStream, destination, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { PinoPretty as pretty } from 'pino-pretty';
import { traceIdOf } from './telemetry/trace-id.ts';

/** How much is logged, most first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** What tells lines of a log apart, under the same names everywhere. */
export interface LogBindings {
  /** Tandem's id of the call. */
  readonly callId?: string;
  readonly tenant?: string;
  readonly node?: string;
  /** The tier, or the part of it, that speaks. */
  readonly part?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Structured logs: fields first, then a message in words. An error goes under `err`. */
export interface Log {
  trace(fields: Fields, message: string): void;
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
  fatal(fields: Fields, message: string): void;
  child(bindings: LogBindings): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly node: string;
  /** 1 for stdout, 2 where stdout carries the output of a command. */
  readonly destination: 1 | 2 | DestinationStream;
}

const secretNames = ['password', 'ha1', 'secret', 'clusterSecret', 'authorization', 'proxyAuthorization'];

/** JSON, one line each; readable text when the destination is a terminal. Lines are written at once. */
export function createLog({ level, node, destination: to }: LogOptions): Log {
  const stream =
    typeof to !== 'number' ? to : isatty(to) ? readable(to) : destination({ fd: to, sync: true });
  return pino(
    {
      level,
      base: { node },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withTrace },
      onChild: (child) => {
        const { callId } = child.bindings();
        if (typeof callId === 'string') child.setBindings({ traceId: traceIdOf(callId) });
      },
      serializers: { err: describeError },
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '***' },
    },
    stream,
  );
}

/** What names a call names its trace as well. */
function withTrace<T extends Fields>(fields: T): T {
  const { callId } = fields;
  return typeof callId === 'string' ? { ...fields, traceId: traceIdOf(callId) } : fields;
}

function readable(fd: number): DestinationStream {
  return pretty({
    destination: fd,
    sync: true,
    singleLine: true,
    ignore: 'node,part,caller,callee,target,traceId',
    // A call shows at a glance who talks to whom.
    messageFormat: '{msg}{if caller}: {caller} to {callee}{end}{if target}, {target}{end}',
  });
}

/** A fault is told by code and words; only what nobody foresaw needs a stack. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Fault)) return error instanceof Error ? stdSerializers.err(error) : error;
  const { kind, detail, cause } = error;
  return {
    fault: kind.code,
    detail,
    hint: kind.hint,
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
