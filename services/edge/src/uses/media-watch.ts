import type { media } from '@tandem/contract';
import type { Ladder } from '../ladder/ladder.ts';

type Send = (command: media.Command) => Promise<media.Reply>;

/** Sessions whose call is known. */
const maxSessions = 20_000;

/** Notes the commands to media workers and what was answered, each with its call. */
export class MediaWatch {
  readonly #ladder: Ladder;
  /** Calls by session: only the command that opens one names its call. */
  readonly #calls = new Map<string, string>();

  constructor(ladder: Ladder) {
    this.#ladder = ladder;
  }

  /** Sends a command; `worker` is its id, or `allocate` for any. */
  async around(worker: string, command: media.Command, send: Send): Promise<media.Reply> {
    const known = this.#callOf(command);
    try {
      const reply = await send(command);
      if (known !== undefined) this.#answered(known, worker, command, reply);
      return reply;
    } catch (error) {
      if (known !== undefined) this.#note(known, worker, command, () => String(error));
      throw error;
    }
  }

  #callOf({ command }: media.Command): string | undefined {
    if (command?.$case === 'open') return command.value.call;
    return command && this.#calls.get(command.value.session);
  }

  #answered(call: string, worker: string, command: media.Command, reply: media.Reply): void {
    const isOpened = command.command?.$case === 'open' && reply.reply?.$case === 'session';
    if (isOpened && reply.reply?.$case === 'session') this.#remember(reply.reply.value.session, call);
    if (command.command?.$case === 'close') this.#calls.delete(command.command.value.session);
    this.#note(call, worker, command, () => describeReply(reply));
  }

  #note(call: string, worker: string, { command }: media.Command, answer: () => string): void {
    this.#ladder.note(call, 'media', () => `${describeCommand(command)} at ${worker}: ${answer()}`);
  }

  #remember(session: string, call: string): void {
    const oldest = this.#calls.size < maxSessions ? undefined : this.#calls.keys().next().value;
    if (oldest !== undefined) this.#calls.delete(oldest);
    this.#calls.set(session, call);
  }
}

function describeCommand(command: media.Command['command']): string {
  if (command?.$case !== 'describe') return command?.$case ?? 'nothing';
  const { side, streams } = command.value;
  const where = streams.map(({ host, port }) => (host === '' ? 'none' : `${host}:${port}`)).join(', ');
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
  return endpoints.map(({ host, port }) => `${host}:${port}`).join(', ');
}
