import { encoded, media } from '@tandem/contract';
import {
  type Balancer,
  type Bus,
  busNoResponder,
  busRequestTimeout,
  type Log,
  type Member,
  serving,
} from '@tandem/platform';
import { Fault, type FaultKind } from '@tandem/sip';
import { mediaLate, mediaLost, mediaUnavailable } from '../faults.ts';
import { WriteBehind } from '../records/write-behind.ts';
import type { MediaWatch } from './media-watch.ts';
import { type Workers, workerOf } from './workers.ts';

/** Milliseconds that a worker may take for a command. */
const deadline = 1_000;
/** The subject on which any worker takes a session. */
const anyWorker = 'allocate';
/** The worker's fault, see docs/errors.md. */
const unknownSession = 'media-session-unknown';

/** What commands reach workers by. */
export interface MediaWorkersParts {
  readonly bus: Bus;
  readonly region: string;
  readonly workers: Workers;
  readonly balancer: Balancer;
  readonly watch?: MediaWatch | undefined;
  readonly log: Log;
  readonly now: () => number;
}

/** Commands to media workers, over the bus. Each rejects with a Fault when it is refused or not answered in time. */
export class MediaWorkers {
  readonly #bus: Bus;
  readonly #region: string;
  readonly #workers: Workers;
  readonly #balancer: Balancer;
  readonly #watch: MediaWatch | undefined;
  readonly #unclosed: WriteBehind;

  constructor({ bus, region, workers, balancer, watch, log, now }: MediaWorkersParts) {
    this.#bus = bus;
    this.#region = region;
    this.#workers = workers;
    this.#balancer = balancer;
    this.#watch = watch;
    this.#unclosed = new WriteBehind({
      write: (session) => this.#closeAgain(session),
      // What is silent for long enough its worker reports, and ends after a day.
      dropped: (session) => log.warn({ session }, 'a media session was not closed'),
      failed: (err) =>
        log.info({ err }, 'a media worker does not answer: it is asked again to close sessions'),
      now,
    });
  }

  /** Opens a session on a worker that the balance chooses, or on the next one that takes it. `key` is the Call-ID. */
  async open(open: media.Open, key: string): Promise<media.Session> {
    let left = serving(this.#workers.members ?? []);
    if (left.length === 0) return this.#open(anyWorker, open);
    for (;;) {
      const worker: Member = this.#balancer.pick(left, key)!;
      try {
        return await this.#open(worker.id, open);
      } catch (error) {
        left = left.filter(({ id }) => id !== worker.id);
        if (!(error instanceof Fault)) throw error;
        if (left.length === 0) throw new Fault(mediaUnavailable, error.detail, { cause: error });
      }
    }
  }

  /** Tells where one side receives; the answer has where both sides shall send. */
  describe(describe: media.Describe): Promise<media.Session> {
    const command = { $case: 'describe', value: describe } as const;
    return this.#session(workerOf(describe.session), { command, traceparent: '' });
  }

  /**
   * Ends a session; undefined when its worker is gone, does not know it or does not answer. One that may be there all the
   * same is asked again until it does.
   */
  async close(session: string): Promise<media.Statistics | undefined> {
    try {
      return await this.#close(session);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (this.#mayHave(session, error)) this.#unclosed.push(session);
      return undefined;
    }
  }

  /** Sessions whose workers are to be asked again to end them. */
  get unclosed(): number {
    return this.#unclosed.size;
  }

  /** Whether a worker has the session; rejects when that cannot be known. */
  async has(session: string): Promise<boolean> {
    const command = { $case: 'inspect', value: { session } } as const;
    return (await this.#statistics(session, { command, traceparent: '' })) !== undefined;
  }

  #close(session: string): Promise<media.Statistics | undefined> {
    const command = { $case: 'close', value: { session } } as const;
    return this.#statistics(session, { command, traceparent: '' });
  }

  async #closeAgain(session: string): Promise<void> {
    try {
      await this.#close(session);
    } catch (error) {
      if (this.#mayHave(session, error)) throw error;
    }
  }

  /** Whether a worker that did not answer may have a session. Where nobody listens it may only just have come back. */
  #mayHave(session: string, error: unknown): boolean {
    if (this.#workers.answersFor(session)) return true;
    const isGone = error instanceof Fault && error.kind === mediaLost;
    return !isGone && this.#workers.isUnheardOf(session);
  }

  async #statistics(session: string, command: media.Command): Promise<media.Statistics | undefined> {
    const { reply } = await this.#send(workerOf(session), command);
    return reply?.$case === 'statistics' ? reply.value : undefined;
  }

  #open(subject: string, open: media.Open): Promise<media.Session> {
    return this.#session(subject, { command: { $case: 'open', value: open }, traceparent: '' });
  }

  async #session(subject: string, command: media.Command): Promise<media.Session> {
    const { reply } = await this.#send(subject, command);
    if (reply?.$case === 'session') return reply.value;
    if (reply?.$case !== 'refusal') throw new Fault(mediaUnavailable, 'no session in the answer');
    const { fault, detail } = reply.value;
    throw new Fault(fault === unknownSession ? mediaLost : mediaUnavailable, `${fault}: ${detail}`);
  }

  #send(subject: string, command: media.Command): Promise<media.Reply> {
    const send = (watched: media.Command): Promise<media.Reply> => this.#exchange(subject, watched);
    return this.#watch ? this.#watch.around(subject, command, send) : send(command);
  }

  async #exchange(subject: string, command: media.Command): Promise<media.Reply> {
    const octets = encoded(media.Command, command);
    try {
      const reply = await this.#bus.request(`tandem.${this.#region}.media.${subject}`, octets, {
        timeoutMs: deadline,
      });
      return media.Reply.decode(reply);
    } catch (error) {
      const kind = subject === anyWorker ? mediaUnavailable : silenceOf(error);
      throw new Fault(kind, error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}

/** What it means that the worker of a session does not answer. */
function silenceOf(error: unknown): FaultKind {
  if (!(error instanceof Fault)) return mediaUnavailable;
  if (error.kind === busNoResponder) return mediaLost;
  return error.kind === busRequestTimeout ? mediaLate : mediaUnavailable;
}
