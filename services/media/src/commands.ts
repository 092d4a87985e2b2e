import { encoded, media } from '@tandem/contract';
import type { Bus, BusMessage, Log, Tracing } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Engine } from './engine.ts';
import { mediaCommandInvalid, mediaDraining, mediaFailed } from './faults.ts';
import { tracedCommand } from './traced-command.ts';

/** Milliseconds that an edge may take to answer a report. */
const reportDeadline = 3_000;

/** Where commands come from and reports go to. */
export interface CommandsOptions {
  readonly bus: Bus;
  readonly region: string;
  readonly worker: string;
  readonly engine: Engine;
  readonly log: Log;
  /** Undefined when nobody wants traces. */
  readonly tracing?: Tracing | undefined;
}

/** What serves commands until it is told to stop. */
export interface Commands {
  /** Takes no more sessions, yet serves those that are open. */
  drain(): void;
  stop(): void;
}

/** Serves the commands that edges send over the bus. */
export function serveCommands({ bus, region, worker, engine, log, tracing }: CommandsOptions): Commands {
  let isDraining = false;
  const serve = (message: BusMessage): void => {
    carryOut({ engine, isDraining, tracing }, message.payload, log)
      .then((reply) => message.respond(reply))
      .catch((error: unknown) => log.warn({ err: error }, 'a media command could not be answered'));
  };
  const prefix = `tandem.${region}.media`;
  const allocate = bus.subscribe(`${prefix}.allocate`, serve, { queue: 'media' });
  const own = bus.subscribe(`${prefix}.${worker}`, serve);
  return {
    drain: () => {
      isDraining = true;
      allocate.unsubscribe();
    },
    stop: () => {
      allocate.unsubscribe();
      own.unsubscribe();
    },
  };
}

/** Asks whichever edge hears it to end silent calls; `heard` is told of those that one has answered for. */
export async function sendReports(
  reports: readonly media.Report[],
  { bus, region, log, deadline = reportDeadline }: ReportsOptions,
  heard: (session: string) => void,
): Promise<void> {
  const send = async (report: media.Report): Promise<void> => {
    try {
      const octets = encoded(media.Report, report);
      await bus.request(`tandem.${region}.edge.report`, octets, { timeoutMs: deadline });
      heard(report.session);
    } catch (error) {
      log.warn({ err: error, callId: report.call }, 'a silent call could not be reported yet');
    }
  };
  await Promise.all(reports.map(send));
}

/** Tells whichever edge hears it of sides that are not heard; `settled` is told of those that are known from now on. */
export async function sendOneWays(
  reports: readonly media.Report[],
  { bus, region, log, deadline = reportDeadline }: ReportsOptions,
  settled: (session: string) => void,
): Promise<void> {
  const send = async (report: media.Report): Promise<void> => {
    try {
      const octets = encoded(media.Report, report);
      const answer = await bus.request(`tandem.${region}.edge.one-way`, octets, { timeoutMs: deadline });
      if (answer.length === 0) settled(report.session);
    } catch (error) {
      log.debug({ err: error, callId: report.call }, 'nobody was told that a side is not heard');
    }
  };
  await Promise.all(reports.map(send));
}

interface ReportsOptions extends Pick<CommandsOptions, 'bus' | 'region' | 'log'> {
  /** Milliseconds that an edge may take to answer. */
  readonly deadline?: number;
}

/** What answers commands. */
interface Server {
  readonly engine: Engine;
  readonly isDraining: boolean;
  readonly tracing: Tracing | undefined;
}

async function carryOut(server: Server, payload: Uint8Array, log: Log): Promise<Uint8Array> {
  try {
    const command = decode(payload);
    return encode(await tracedCommand(server.tracing, command, () => answer(server, command)));
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault(mediaFailed, String(error), { cause: error });
    if (fault.kind === mediaFailed) log.error({ err: fault }, 'a media command failed');
    return encode({ $case: 'refusal', value: { fault: fault.kind.code, detail: fault.detail } });
  }
}

function encode(reply: media.Reply['reply']): Uint8Array {
  return encoded(media.Reply, { reply });
}

function decode(payload: Uint8Array): media.Command {
  try {
    return media.Command.decode(payload);
  } catch (error) {
    throw new Fault(mediaCommandInvalid, 'the command is no protobuf message', { cause: error });
  }
}

async function answer(
  { engine, isDraining }: Server,
  { command }: media.Command,
): Promise<media.Reply['reply']> {
  switch (command?.$case) {
    case 'open':
      if (isDraining) throw new Fault(mediaDraining, command.value.call);
      return { $case: 'session', value: await engine.open(command.value) };
    case 'describe':
      return { $case: 'session', value: await engine.describe(command.value) };
    case 'close':
      return { $case: 'statistics', value: await engine.close(command.value) };
    case 'inspect':
      return { $case: 'statistics', value: await engine.inspect(command.value) };
    case undefined:
      throw new Fault(mediaCommandInvalid, 'no command that this release knows');
  }
}
