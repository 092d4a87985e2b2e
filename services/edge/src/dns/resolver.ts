import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@tandem/platform';
import { type Answers, Fault, type Known, literalOf, type Question, type RecordType } from '@tandem/sip';
import { resolverRefused, resolverSilent } from '../faults.ts';
import { Cache } from './cache.ts';
import type { Server } from './exchange.ts';
import type { Reply } from './message.ts';
import { Servers } from './servers.ts';
import type { SystemNames } from './system-names.ts';

/** Questions that are asked at the same time; more are not answered. */
const maxAsking = 1_000;
/** Milliseconds that what has expired is waited for to be renewed; then it is used as it is (RFC 8767 §5). */
const renewal = 200;

export interface ResolverParts {
  readonly system: SystemNames;
  /** Those of the machine when undefined. */
  readonly servers: readonly Server[] | undefined;
  readonly log: Log;
  /** In milliseconds. */
  readonly now: () => number;
  /** Told in seconds how long an answer took. */
  readonly took: (seconds: number) => void;
}

/**
 * Looks names up in DNS without ever holding up anything else: no thread is waited for. What is known is told at once;
 * what is not is asked for, once at a time, and for 1.5 s at most.
 */
export class Resolver {
  readonly counters = { cached: 0, stale: 0, asked: 0, failed: 0 };
  readonly #parts: ResolverParts;
  readonly #cache = new Cache();
  readonly #servers: Servers;
  readonly #asking = new Map<string, Promise<void>>();

  constructor(parts: ResolverParts) {
    this.#parts = parts;
    const { now, servers, system } = parts;
    this.#servers = new Servers(() => servers ?? system.resolvConf.servers, now);
  }

  /** Names and types that are kept. */
  get size(): number {
    return this.#cache.size;
  }

  /** What is known at once; what is in use and about to expire is asked for behind the caller's back. */
  readonly answers: Answers = (<T extends RecordType>(type: T, name: string): Known<T> => {
    const own = this.#ownAnswer(type, name);
    if (own) return own;
    const question = { type, name };
    const { ask, isOld, known } = this.#cache.look(question, this.#parts.now(), this.#servers.isSilent);
    if (known === undefined) return undefined;
    if (ask) void this.#renew(question);
    if (typeof known === 'object') this.counters[isOld ? 'stale' : 'cached']++;
    return known as Known<T>;
  }) as Answers;

  /** Resolves when something can be said of all of them; never rejects. */
  async ask(questions: readonly Question[]): Promise<void> {
    const unknown = questions.filter(({ type, name }) => this.answers(type, name) === undefined);
    await Promise.all(unknown.map((question) => this.#ask(question)));
  }

  /** An address of a host; undefined when it has none, or nobody can say. */
  async addressOf(host: string): Promise<string | undefined> {
    const literal = literalOf(host);
    if (literal !== undefined) return literal;
    const name = host.toLowerCase();
    await this.ask([
      { type: 'A', name },
      { type: 'AAAA', name },
    ]);
    const known = [this.answers('A', name), this.answers('AAAA', name)];
    return known.flatMap((each) => (typeof each === 'object' ? each : []))[0];
  }

  /** Why nobody could answer a question. */
  failureOf(question: Question): string {
    return this.#cache.failureOf(question) ?? '';
  }

  close(): void {
    this.#parts.system.close();
  }

  async #ask(question: Question): Promise<void> {
    const { now } = this.#parts;
    const answer = this.#renew(question);
    if (!this.#cache.look(question, now(), false).isOld) return answer;
    const isLate = await Promise.race([answer.then(() => false), delay(renewal, true, { ref: false })]);
    if (!isLate) return;
    // The next questions about the same name shall not wait as well.
    this.#servers.isSilent = true;
    this.#cache.fail(question, { isRefusal: false, reason: `no answer within ${renewal} ms` }, now());
  }

  /** A name of /etc/hosts is just that: it has no services. */
  #ownAnswer<T extends RecordType>(type: T, name: string): Known<T> {
    const host = hostOf(name);
    if (!isHostName(host)) return [];
    const found = this.#parts.system.hosts.get(host);
    if (!found) return undefined;
    const addresses = type === 'A' ? found.A : type === 'AAAA' ? found.AAAA : [];
    return addresses as Known<T>;
  }

  #renew(question: Question): Promise<void> {
    const key = `${question.type} ${question.name}`;
    const known = this.#asking.get(key);
    if (known) return known;
    const asking = this.#lookUp(question).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #lookUp(question: Question): Promise<void> {
    const { log, now, took } = this.#parts;
    const since = now();
    const wasSilent = this.#servers.isSilent;
    this.counters.asked++;
    try {
      if (this.#asking.size >= maxAsking) throw new Fault(resolverSilent, `${maxAsking} names are asked for`);
      const reply = await this.#search(question);
      took((now() - since) / 1_000);
      this.#cache.learn(question, reply, now());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.counters.failed++;
      const isRefusal = error.kind === resolverRefused;
      this.#cache.fail(question, { isRefusal, reason: error.detail }, now());
      // Once is enough for all names of an outage.
      log[wasSilent ? 'debug' : 'warn']({ fault: error.kind.code }, error.message);
    }
  }

  /** The first name that has such records counts. */
  async #search({ type, name }: Question): Promise<Reply> {
    let none: Reply | undefined;
    for (const candidate of this.#candidates(name)) {
      const reply = await this.#servers.ask({ type, name: candidate });
      if (reply.records.length > 0) return reply;
      none = none && none.ttl < reply.ttl ? none : reply;
    }
    return none!;
  }

  /** One of few labels is one of this machine's own domains first (resolv.conf(5)). */
  #candidates(name: string): string[] {
    const { ndots, search } = this.#parts.system.resolvConf;
    if (hostOf(name).split('.').length > ndots) return [name];
    const extended = search.map((domain) => `${name}.${domain}`).filter(isHostName);
    return [...extended, name];
  }
}

/** Whose service a name is: `_sip._udp.carrier.example` is that of `carrier.example`. */
function hostOf(name: string): string {
  return name.startsWith('_') ? name.split('.').slice(2).join('.') : name;
}

/** RFC 1035 §2.3.4: what no query can hold is no name. */
function isHostName(name: string): boolean {
  return name.length <= 235 && name.split('.').every((label) => label.length > 0 && label.length <= 63);
}
