import { media } from '@tandem/contract';
import type { Bus, BusMessage, Log } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Engine, OwnedReport } from './engine.ts';
import { mediaCommandInvalid, mediaFailed } from './faults.ts';

/** Where commands come from and reports go to. */
export interface CommandsOptions {
  readonly bus: Bus;
  readonly region: string;
  readonly worker: string;
  readonly engine: Engine;
  readonly log: Log;
}

/** What serves commands until it is told to stop. */
export interface Commands {
  /** Takes no more sessions, yet serves those that are open. */
  drain(): void;
  stop(): void;
}

/** Serves the commands that edges send over the bus. */
export function serveCommands({ bus, region, worker, engine, log }: CommandsOptions): Commands {
  const serve = (message: BusMessage): void => {
    carryOut(engine, message.payload, log)
      .then((reply) => message.respond(reply))
      .catch((error: unknown) => log.warn({ err: error }, 'a media command could not be answered'));
  };
  const prefix = `tandem.${region}.media`;
  const allocate = bus.subscribe(`${prefix}.allocate`, serve, { queue: 'media' });
  const own = bus.subscribe(`${prefix}.${worker}`, serve);
  return {
    drain: () => allocate.unsubscribe(),
    stop: () => {
      allocate.unsubscribe();
      own.unsubscribe();
    },
  };
}

/** Tells the edges that own them what has become of sessions. */
export function publishReports(reports: readonly OwnedReport[], { bus, region, log }: ReportsOptions): void {
  for (const { owner, report } of reports) {
    try {
      bus.publish(`tandem.${region}.edge.${owner}.report`, media.Report.encode(report).finish());
    } catch (error) {
      log.warn({ err: error, callId: report.call }, 'a silent call could not be reported');
    }
  }
}

type ReportsOptions = Pick<CommandsOptions, 'bus' | 'region' | 'log'>;

async function carryOut(engine: Engine, payload: Uint8Array, log: Log): Promise<Uint8Array> {
  try {
    return encode(await answer(engine, decode(payload)));
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault(mediaFailed, String(error), { cause: error });
    if (fault.kind === mediaFailed) log.error({ err: fault }, 'a media command failed');
    return encode({ $case: 'refusal', value: { fault: fault.kind.code, detail: fault.detail } });
  }
}

function encode(reply: media.Reply['reply']): Uint8Array {
  return media.Reply.encode({ reply }).finish();
}

function decode(payload: Uint8Array): media.Command {
  try {
    return media.Command.decode(payload);
  } catch (error) {
    throw new Fault(mediaCommandInvalid, 'the command is no protobuf message', { cause: error });
  }
}

async function answer(engine: Engine, { command }: media.Command): Promise<media.Reply['reply']> {
  switch (command?.$case) {
    case 'open':
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
