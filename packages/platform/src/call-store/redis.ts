import { Fault } from '@tandem/sip';
import { callRecordContended } from '../faults.ts';
import type { Redis } from '../redis/redis.ts';
import { type Script, script } from '../redis/script.ts';
import type { SortedNames } from '../redis/sorted-names.ts';
import { Turns } from '../redis/turns.ts';
import type { CallEnding, CallPage, CallQuery, CallRecord, CallStore } from './call-store.ts';
import { endingText, readEnding, readRecord, writeRecord } from './record-text.ts';
import { RedisCallNames } from './redis-names.ts';

// KEYS: the record. ARGV: what it is, what it shall be. Nothing when done, else what it really is.
const replace: Script = script(`
local current = redis.call('GET', KEYS[1])
if current ~= ARGV[1] then return current or '' end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return nil`);

// KEYS: the record, and the same while its end is being told. ARGV: who tells what. The record, or nothing. A node of the
// release before finds none: for it the call is over, as it is.
const end: Script = script(`
local record = redis.call('GET', KEYS[1])
if record then
  redis.call('SET', KEYS[2], ARGV[1] .. record, 'PX', math.max(redis.call('PTTL', KEYS[1]), 1))
  redis.call('DEL', KEYS[1])
  return record
end
local told = redis.call('GET', KEYS[2])
if told and string.sub(told, 1, #ARGV[1]) == ARGV[1] then return string.sub(told, #ARGV[1] + 1) end
return nil`);

const attempts = 20;

/** A record, with the text that holds it. */
interface Stored {
  readonly text: string;
  readonly record: CallRecord;
  readonly expiresAt: number;
}

/**
 * The call records of all edges: a key each, which goes by itself at its time. The record is the truth; a name in the
 * sets of names may be there for longer, and whoever uses it looks for the record.
 */
export class RedisCallStore implements CallStore {
  readonly #redis: Redis;
  readonly #names: RedisCallNames;
  readonly #turns = new Turns();

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#names = new RedisCallNames(redis);
  }

  async put(record: CallRecord, expiresAt: number, now: number): Promise<void> {
    const text = textOf(record, expiresAt);
    const keptMs = Math.ceil(expiresAt - now);
    if (keptMs <= 0) return;
    const key = keyOf(record.id);
    // Written in one go, the names first: a record without a name would be adopted by nobody.
    await Promise.all([
      this.#names.enter(record, keptMs, now),
      this.#redis.command('put', key, ['SET', key, text, 'PX', String(keptMs)]),
    ]);
  }

  async get(id: string, now: number): Promise<CallRecord | undefined> {
    return (await this.#read(id, now))?.record;
  }

  change(
    id: string,
    edit: (record: CallRecord) => CallRecord | undefined,
    now: number,
  ): Promise<CallRecord | undefined> {
    return this.#turns.take(id, () => this.#change(id, edit, now));
  }

  async adopt(from: string, to: string, limit: number, now: number): Promise<readonly CallRecord[]> {
    const names = this.#names.of(from);
    const adopted: CallRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await names.page('adopt', { limit: limit - adopted.length, cursor }, async (ids) => {
        const given = await Promise.all(ids.map((id) => this.#give(id, from, to, now)));
        const rest = ids.filter((_, index) => !given[index]);
        await this.#forgetOf(from, rest, now);
        return given;
      });
      adopted.push(...page.items);
      ({ cursor } = page);
    } while (cursor !== undefined && adopted.length < limit);
    return adopted;
  }

  owners(now: number): Promise<readonly string[]> {
    return this.#names.owners(now);
  }

  async take(id: string, { isOwn, ...ending }: CallEnding, now: number): Promise<CallRecord | undefined> {
    const { node } = ending;
    // The name first, as in `put`.
    const entered = isOwn ? undefined : this.#names.enterEnding(id, node, now);
    const [text] = await Promise.all([
      this.#redis.run('take', end, [keyOf(id), endKeyOf(id)], [`${endingText(ending)}\n`]),
      entered,
    ]);
    const stored = storedOf(text);
    if (stored) this.#names.leave(stored.record, node);
    if (stored && isOwn && stored.record.node !== node) await this.#names.enterEnding(id, node, now);
    if (!stored && !isOwn) void this.#forgetOf(node, [id], now).catch(() => undefined);
    return stored && stored.expiresAt > now ? stored.record : undefined;
  }

  async finish(id: string, node: string): Promise<void> {
    const key = endKeyOf(id);
    await Promise.all([
      this.#redis.command('finish', key, ['DEL', key]),
      this.#names.of(node).remove('finish', [id]),
    ]);
  }

  async list({ limit, cursor, owner, withEnding = false }: CallQuery, now: number): Promise<CallPage> {
    const names = owner === undefined ? this.#names.all : this.#names.of(owner);
    const isWanted = ({ node }: CallRecord) => owner === undefined || node === owner;
    const { items, ...next } = await names.page('list', { limit, cursor }, async (ids) => {
      const read = await Promise.all(
        ids.map((id) => (withEnding ? this.#readAny(id, now) : this.#read(id, now))),
      );
      const records = read.map((stored) => (stored && isWanted(stored.record) ? stored.record : undefined));
      const rest = ids.filter((_, index) => !records[index]);
      await this.#forget(names, rest, isWanted, now);
      return records;
    });
    return { records: items, ...next };
  }

  async #read(id: string, now: number): Promise<Stored | undefined> {
    const stored = storedOf(await this.#redis.command('get', keyOf(id), ['GET', keyOf(id)]));
    return stored && stored.expiresAt > now ? stored : undefined;
  }

  async #change(
    id: string,
    edit: (record: CallRecord) => CallRecord | undefined,
    now: number,
  ): Promise<CallRecord | undefined> {
    let stored = await this.#read(id, now);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const changed = stored && stored.expiresAt > now ? edit(stored.record) : undefined;
      if (!stored || !changed) return undefined;
      const actual = await this.#replace(stored, changed, now);
      if (actual === null) return changed;
      stored = storedOf(actual);
    }
    throw new Fault(callRecordContended, `${id}: ${attempts} attempts`);
  }

  /** Null when it was done, else what is there now. */
  async #replace(
    { text, record, expiresAt }: Stored,
    changed: CallRecord,
    now: number,
  ): Promise<string | null> {
    const moves = changed.node !== record.node;
    const next = textOf(changed, expiresAt);
    const entered = moves ? this.#names.enter(changed, Math.ceil(expiresAt - now), now) : undefined;
    const [actual] = await Promise.all([
      this.#redis.run('change', replace, [keyOf(record.id)], [text, next]),
      entered,
    ]);
    if (moves && actual === null) await this.#names.of(record.node).remove('change', [record.id]);
    return actual as string | null;
  }

  async #give(id: string, from: string, to: string, now: number): Promise<CallRecord | undefined> {
    const move = (record: CallRecord) => (record.node === from ? { ...record, node: to } : undefined);
    return (await this.change(id, move, now)) ?? this.#giveEnding(id, from, to, now);
  }

  async #giveEnding(id: string, from: string, to: string, now: number): Promise<CallRecord | undefined> {
    const stored = await this.#readEnding(id, now);
    const { node, end } = stored?.record ?? {};
    if (!stored || !end || node !== from) return undefined;
    const record = { ...stored.record, node: to };
    const next = `${endingText({ node: to, end })}${stored.text.slice(stored.text.indexOf('\n'))}`;
    const [actual] = await Promise.all([
      this.#redis.run('adopt', replace, [endKeyOf(id)], [stored.text, next]),
      this.#names.enterEnding(id, to, now),
    ]);
    if (actual !== null) return undefined;
    await this.#names.of(from).remove('adopt', [id]);
    return record;
  }

  /** A call that goes on, or whose end is to be told. */
  async #readAny(id: string, now: number): Promise<Stored | undefined> {
    return (await this.#read(id, now)) ?? this.#readEnding(id, now);
  }

  async #readEnding(id: string, now: number): Promise<Stored | undefined> {
    const stored = endingOf(await this.#redis.command('get', endKeyOf(id), ['GET', endKeyOf(id)]));
    return stored && stored.expiresAt > now ? stored : undefined;
  }

  #forgetOf(owner: string, ids: readonly string[], now: number): Promise<void> {
    return this.#forget(this.#names.of(owner), ids, ({ node }) => node === owner, now);
  }

  /** Removes names with nothing behind them. What was written meanwhile gets its name again. */
  async #forget(
    names: SortedNames,
    ids: readonly string[],
    isWanted: (record: CallRecord) => boolean,
    now: number,
  ): Promise<void> {
    if (ids.length === 0) return;
    await names.remove('forget', ids);
    const read = await Promise.all(ids.map((id) => this.#readAny(id, now)));
    for (const stored of read) {
      if (!stored || !isWanted(stored.record)) continue;
      await names.add('forget', [stored.record.id], Math.ceil(stored.expiresAt - now));
    }
  }
}

function keyOf(id: string): string {
  return `call:${id}`;
}

/** In the slot of the record. */
function endKeyOf(id: string): string {
  return `call-end:{${keyOf(id)}}`;
}

function textOf(record: CallRecord, expiresAt: number): string {
  return `${Math.floor(expiresAt)} ${writeRecord(record)}`;
}

function storedOf(text: unknown): Stored | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const space = text.indexOf(' ');
  return { text, record: readRecord(text.slice(space + 1)), expiresAt: Number(text.slice(0, space)) };
}

/** A line on who tells what, then the record as it was. */
function endingOf(text: unknown): Stored | undefined {
  if (typeof text !== 'string') return undefined;
  const line = text.indexOf('\n');
  const stored = storedOf(text.slice(line + 1));
  return stored && { ...stored, text, record: { ...stored.record, ...readEnding(text.slice(0, line)) } };
}
