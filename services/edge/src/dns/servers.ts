import { Fault, type Question } from '@tandem/sip';
import { resolverRefused, resolverSilent } from '../faults.ts';
import { hostPort } from '../socket/flow.ts';
import { exchange, type Server } from './exchange.ts';
import type { Reply } from './message.ts';

/** Milliseconds after which another resolver is asked as well, or the same one again. */
const patience = 300;
/** Milliseconds after which a question is given up. */
const deadline = 1_500;
/** Milliseconds for which one that did not answer is asked last. */
const avoidance = 30_000;

/** The resolvers that are asked, and which of them do not answer at the moment. */
export class Servers {
  readonly #servers: () => readonly Server[];
  readonly #now: () => number;
  /** Until when one is asked last. */
  readonly #avoided = new Map<string, number>();
  /** Whether the last question that was asked had no answer from any, or has none so far. */
  isSilent = false;

  /** `servers` may change; there is always one at least. */
  constructor(servers: () => readonly Server[], now: () => number) {
    this.#servers = servers;
    this.#now = now;
  }

  get names(): string {
    return this.#servers().map(nameOf).join(', ');
  }

  /** The first answer of any. Rejects with a Fault that names the resolvers and the question, in less than 2 s. */
  async ask(question: Question): Promise<Reply> {
    try {
      const reply = await new Race(this.#order(), question, (server) => this.#blame(server)).result;
      this.isSilent = false;
      return reply;
    } catch (error) {
      const isRefusal = isRefused(error);
      this.isSilent = !isRefusal;
      const cause =
        error instanceof Fault ? error.detail : error instanceof Error ? error.message : String(error);
      const asked = `${question.type} ${question.name} of ${this.names}`;
      throw new Fault(isRefusal ? resolverRefused : resolverSilent, `${asked}: ${cause}`, { cause: error });
    }
  }

  #order(): Server[] {
    const now = this.#now();
    const isAvoided = (server: Server): boolean => (this.#avoided.get(nameOf(server)) ?? 0) > now;
    const servers = this.#servers();
    return [...servers.filter((server) => !isAvoided(server)), ...servers.filter(isAvoided)];
  }

  #blame(server: Server): void {
    this.#avoided.set(nameOf(server), this.#now() + avoidance);
  }
}

/** It does answer, though not what was asked for. */
function isRefused(error: unknown): boolean {
  return error instanceof Fault && error.kind === resolverRefused;
}

function nameOf({ host, port }: Server): string {
  return hostPort(host, port);
}

/** One question at several resolvers, each a little later than the one before. */
class Race {
  readonly result: Promise<Reply>;
  readonly #servers: readonly Server[];
  readonly #question: Question;
  readonly #blame: (server: Server) => void;
  readonly #abort = new AbortController();
  readonly #settle: PromiseWithResolvers<Reply> = Promise.withResolvers();
  readonly #failed = new Set<Server>();
  #turn = 0;
  #next: NodeJS.Timeout | undefined;

  constructor(servers: readonly Server[], question: Question, blame: (server: Server) => void) {
    this.#servers = servers;
    this.#question = question;
    this.#blame = blame;
    const end = setTimeout(() => {
      this.#settle.reject(new Error(`no answer within ${deadline / 1000} s`));
    }, deadline);
    this.result = this.#settle.promise.finally(() => {
      clearTimeout(end);
      clearTimeout(this.#next);
      this.#abort.abort();
    });
    this.#ask();
  }

  #ask(): void {
    const server = this.#servers[this.#turn++ % this.#servers.length]!;
    if (!this.#failed.has(server)) void this.#try(server);
    // Who has been silent for that long is asked after the others next time.
    clearTimeout(this.#next);
    this.#next = setTimeout(() => {
      this.#blame(server);
      this.#ask();
    }, patience);
  }

  async #try(server: Server): Promise<void> {
    try {
      this.#settle.resolve(await exchange(server, this.#question, this.#abort.signal));
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#failed.add(server);
      if (!isRefused(error)) this.#blame(server);
      if (this.#failed.size === this.#servers.length) this.#settle.reject(error);
      else this.#ask();
    }
  }
}
