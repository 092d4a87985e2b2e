import type { media } from '@tandem/contract';
import { type SpanAttributes, writeTraceparent } from '@tandem/platform';
import type { Ladder } from '../ladder/ladder.ts';
import { hostPort } from '../socket/flow.ts';
import type { CallTracing } from '../tracing/call-tracing.ts';

type Send = (command: media.Command) => Promise<media.Reply>;

/** Sessions whose call is known. */
const maxSessions = 20_000;

/** Notes the commands to media workers and what was answered, each with its call. */
export class MediaWatch {
  readonly #ladder: Ladder | undefined;
  readonly #tracing: CallTracing | undefined;
  /** Calls by session: only the command that opens one names its call. */
  readonly #calls = new Map<string, string>();

  constructor(ladder: Ladder | undefined, tracing: CallTracing | undefined) {
    this.#ladder = ladder;
    this.#tracing = tracing;
  }

  /** Sends a command; `worker` is its id, or `allocate` for any. */
  async around(worker: string, command: media.Command, send: Send): Promise<media.Reply> {
    const call = this.#callOf(command);
    if (call === undefined || command.command?.$case === 'inspect') return send(command);
    const span = this.#tracing?.work(call, `media ${command.command?.$case}`, { 'tandem.worker': worker });
    try {
      const reply = await send(
        span ? { ...command, traceparent: writeTraceparent(span.spanContext()) } : command,
      );
      this.#answered(call, worker, command, reply);
      span?.setAttributes(attributesOf(reply));
      return reply;
    } catch (error) {
      this.#note(call, worker, command, () => String(error));
      span?.setStatus({ code: 2, message: String(error) });
      throw error;
    } finally {
      span?.end();
    }
  }

  /** A session is of this call; none when it is empty. */
  remember(session: string, call: string): void {
    if (session === '') return;
    const oldest = this.#calls.size < maxSessions ? undefined : this.#calls.keys().next().value;
    if (oldest !== undefined) this.#calls.delete(oldest);
    this.#calls.set(session, call);
  }

  #callOf({ command }: media.Command): string | undefined {
    if (command?.$case === 'open') return command.value.call;
    return command && this.#calls.get(command.value.session);
  }

  #answered(call: string, worker: string, command: media.Command, reply: media.Reply): void {
    const isOpened = command.command?.$case === 'open' && reply.reply?.$case === 'session';
    if (isOpened && reply.reply?.$case === 'session') this.remember(reply.reply.value.session, call);
    if (command.command?.$case === 'close') this.#calls.delete(command.command.value.session);
    this.#note(call, worker, command, () => describeReply(reply));
  }

  #note(call: string, worker: string, { command }: media.Command, answer: () => string): void {
    this.#ladder?.note(call, 'media', () => `${describeCommand(command)} at ${worker}: ${answer()}`);
  }
}

function describeCommand(command: media.Command['command']): string {
  if (command?.$case !== 'describe') return command?.$case ?? 'nothing';
  const { side, streams } = command.value;
  const where = streams.map(({ host, port }) => (host === '' ? 'none' : hostPort(host, port))).join(', ');
  // 1 is the caller, see the contract.
  return `${side === 1 ? 'caller' : 'callee'} receives at ${where},`;
}

function describeReply({ reply }: media.Reply): string {
  switch (reply?.$case) {
    case 'session': {
      const { session, toCaller, toCallee } = reply.value;
      return `session ${session}, caller sends to ${ports(toCaller)}, callee to ${ports(toCallee)}`;
    }
    case 'statistics':
      return 'done';
    case 'refusal':
      return `refused, ${reply.value.fault}: ${reply.value.detail}`;
    default:
      return 'no answer';
  }
}

function ports(endpoints: readonly media.Endpoint[]): string {
  return endpoints.map(({ host, port }) => hostPort(host, port)).join(', ');
}

/** What was counted, at the end; why not, when a command was refused. */
function attributesOf({ reply }: media.Reply): SpanAttributes {
  if (reply?.$case === 'session') return { 'tandem.session': reply.value.session };
  if (reply?.$case === 'refusal') return { 'tandem.fault': reply.value.fault };
  if (reply?.$case !== 'statistics') return {};
  const { fromCaller, fromCallee } = reply.value;
  return { ...directionOf('caller', fromCaller), ...directionOf('callee', fromCallee) };
}

function directionOf(from: string, direction: media.Direction | undefined): SpanAttributes {
  const { packets = 0, lost = 0, jitterUs = 0 } = direction ?? {};
  const name = `rtp.from_${from}`;
  return { [`${name}.packets`]: packets, [`${name}.lost`]: lost, [`${name}.jitter_us`]: jitterUs };
}
