import { media } from '@tandem/contract';
import type { Bus } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { mediaUnavailable } from '../faults.ts';
import type { MediaWatch } from './media-watch.ts';

/** Milliseconds that a worker may take for a command. */
const deadline = 1_000;

/** Commands to media workers, over the bus. Each rejects with a Fault when it is refused or not answered in time. */
export class MediaWorkers {
  readonly #bus: Bus;
  readonly #region: string;
  readonly #watch: MediaWatch | undefined;

  constructor(bus: Bus, region: string, watch?: MediaWatch) {
    this.#bus = bus;
    this.#region = region;
    this.#watch = watch;
  }

  /** Opens a session on the least loaded worker. */
  open(open: media.Open): Promise<media.Session> {
    return this.#session('allocate', { command: { $case: 'open', value: open }, traceparent: '' });
  }

  /** Tells where one side receives; the answer has where both sides shall send. */
  describe(describe: media.Describe): Promise<media.Session> {
    const command = { $case: 'describe', value: describe } as const;
    return this.#session(workerOf(describe.session), { command, traceparent: '' });
  }

  /** Ends a session; undefined when its worker is gone or does not know it. */
  async close(session: string): Promise<media.Statistics | undefined> {
    try {
      const command = { $case: 'close', value: { session } } as const;
      const reply = await this.#send(workerOf(session), { command, traceparent: '' });
      return reply.reply?.$case === 'statistics' ? reply.reply.value : undefined;
    } catch (error) {
      if (error instanceof Fault) return undefined;
      throw error;
    }
  }

  async #session(subject: string, command: media.Command): Promise<media.Session> {
    const { reply } = await this.#send(subject, command);
    if (reply?.$case === 'session') return reply.value;
    const detail =
      reply?.$case === 'refusal' ? `${reply.value.fault}: ${reply.value.detail}` : 'no session in the answer';
    throw new Fault(mediaUnavailable, detail);
  }

  #send(subject: string, command: media.Command): Promise<media.Reply> {
    const send = (watched: media.Command): Promise<media.Reply> => this.#exchange(subject, watched);
    return this.#watch ? this.#watch.around(subject, command, send) : send(command);
  }

  async #exchange(subject: string, command: media.Command): Promise<media.Reply> {
    const octets = media.Command.encode(command).finish();
    try {
      const reply = await this.#bus.request(`tandem.${this.#region}.media.${subject}`, octets, {
        timeoutMs: deadline,
      });
      return media.Reply.decode(reply);
    } catch (error) {
      throw new Fault(mediaUnavailable, error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  }
}

/** A session's id begins with its worker's. */
function workerOf(session: string): string {
  return session.slice(0, session.lastIndexOf('.'));
}
