import type { Known, Question, Records, RecordType } from '@tandem/sip';
import type { Reply } from './message.ts';

/** Names and types that are kept; those that were asked for longest ago make room. */
const maxEntries = 5_000;
/** In milliseconds like all below. What may be kept for less would be asked for at each call. */
const minTtl = 1_000;
const maxTtl = 24 * 3_600_000;
/** RFC 2308 §5 lets one to three hours; a name that was put right should not be away for so long. */
const maxNegativeTtl = 5 * 60_000;
/** RFC 8767 §5: how long what has expired may be used while nobody can be asked. */
const staleTtl = 24 * 3_600_000;
/** RFC 8767 §5: between two attempts to ask for what could not be had. */
const failureTtl = 5_000;
/** Of the time to live, after which what is in use is asked for again ahead of its end. */
const refreshShare = 0.9;

type AnyRecords = readonly Records[RecordType][];

interface Entry {
  /** Undefined when nobody could ever say. */
  records: AnyRecords | undefined;
  refreshAt: number;
  expiresAt: number;
  staleUntil: number;
  /** It could not be asked for: not again until then. */
  failedUntil: number;
  /** Why it could not be asked for last. */
  failure: Failure;
}

/** Why nobody could say. */
export interface Failure {
  /** Who was asked has answered, but did not say. */
  readonly isRefusal: boolean;
  readonly reason: string;
}

const noFailure: Failure = { isRefusal: false, reason: '' };

/** What is known of a question, and whether it should be asked again. */
export interface Looked {
  readonly known: Known<RecordType>;
  readonly ask: boolean;
  /** It has expired; what is known of it is there for when nobody can say better. */
  readonly isOld: boolean;
}

const unknown: Looked = { known: undefined, ask: true, isOld: false };

const never: Omit<Entry, 'failure' | 'failedUntil'> = {
  records: undefined,
  refreshAt: 0,
  expiresAt: 0,
  staleUntil: 0,
};

/** What resolvers have said. Plain data; time is given. */
export class Cache {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** `isSilent`: nobody answers at the moment, so that what has expired is used at once. */
  look(question: Question, now: number, isSilent: boolean): Looked {
    const key = keyOf(question);
    const entry = this.#entries.get(key);
    if (!entry) return unknown;
    // The map keeps its order: what is used goes to its end.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return lookAt(entry, now, isSilent);
  }

  learn(question: Question, { records, ttl }: Reply, now: number): void {
    const longest = records.length > 0 ? maxTtl : maxNegativeTtl;
    const lives = Math.min(Math.max(ttl * 1_000, minTtl), longest);
    this.#enter(question, {
      records,
      refreshAt: now + lives * refreshShare,
      expiresAt: now + lives,
      staleUntil: now + lives + staleTtl,
      failedUntil: 0,
      failure: noFailure,
    });
  }

  /** Nobody could say, or not soon: for a while what was known is used, or nothing is. */
  fail(question: Question, failure: Failure, now: number): void {
    const known = this.#entries.get(keyOf(question)) ?? never;
    this.#enter(question, { ...known, failure, failedUntil: now + failureTtl });
  }

  /** Why nobody could say. */
  failureOf(question: Question): string | undefined {
    return this.#entries.get(keyOf(question))?.failure.reason;
  }

  #enter(question: Question, entry: Entry): void {
    const key = keyOf(question);
    this.#entries.delete(key);
    const oldest = this.#entries.size < maxEntries ? undefined : this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, entry);
  }
}

function lookAt(entry: Entry, now: number, isSilent: boolean): Looked {
  const { expiresAt, failedUntil, failure, records, refreshAt, staleUntil } = entry;
  const hasFailed = now < failedUntil;
  const ask = now >= refreshAt && !hasFailed;
  if (records && now < expiresAt) return { known: records, ask, isOld: false };
  const isOld = records !== undefined && now < staleUntil;
  if (isOld) return { known: hasFailed || isSilent ? records : undefined, ask, isOld };
  return hasFailed ? { known: failure.isRefusal ? 'refused' : 'failed', ask: false, isOld } : unknown;
}

function keyOf({ type, name }: Question): string {
  return `${type} ${name}`;
}
