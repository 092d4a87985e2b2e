import { type Redis, type Script, script, shardOf } from '@tandem/platform';
import type { BindingFlow } from './binding.ts';

/** The sets are spread over so many slots, and so over the nodes of a cluster. */
const slots = 16;
/** Sets of a slot. Redis keeps a set of up to 128 names in a third of the memory, a tenth of the overhead. */
const setsOfSlot = 256;
const setsOfEdge = 1_024;
/** Whoever has taken something that is due has so long for it, before others get it. */
const claimMs = 10_000;
const setsClaimed = 24;
const claimedOfSet = 8;
const edgeSetsAtOnce = 64;

// Beside the sets of a slot there is one that says when the first of each set is due, or earlier. A score in a set that
// is no whole number is that of a claim.

// KEYS: the set, the first ones of all sets. ARGV: aor, when it is due, now, how long to keep the sets, the set's number.
const enter: Script = script(`
local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local due, now = tonumber(ARGV[2]), tonumber(ARGV[3])
if known <= now or known ~= math.floor(known) or due < known then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  local first = redis.call('ZSCORE', KEYS[2], ARGV[5])
  if not first or due < tonumber(first) then redis.call('ZADD', KEYS[2], ARGV[2], ARGV[5]) end
end
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) < tonumber(ARGV[4]) then redis.call('PEXPIRE', key, ARGV[4]) end
end
return 1`);

// KEYS: the set, the first ones. ARGV: now, score of the claim, how many, the set's number. What is due.
const claim: Script = script(`
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, aor in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], aor) end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if first[2] then redis.call('ZADD', KEYS[2], first[2], ARGV[4]) else redis.call('ZREM', KEYS[2], ARGV[4]) end
return due`);

// KEYS: the set, the first ones. ARGV: aor, score of the claim, when it is due again, the set's number, how long to keep
// the sets. Nothing when somebody entered it meanwhile.
const settle: Script = script(`
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
local first = redis.call('ZSCORE', KEYS[2], ARGV[4])
if not first or tonumber(ARGV[3]) < tonumber(first) then redis.call('ZADD', KEYS[2], ARGV[3], ARGV[4]) end
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) < tonumber(ARGV[5]) then redis.call('PEXPIRE', key, ARGV[5]) end
end
return 1`);

// KEYS: the set. ARGV: connection, connection and aor, how long to keep the set.
const enterFlow: Script = script(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1`);

// KEYS: sets. How many names they have.
const countAll: Script = script(`
local count = 0
for _, key in ipairs(KEYS) do count = count + redis.call('ZCARD', key) end
return count`);

/** An address of record that this process looks after now. */
export interface Claimed {
  readonly aor: string;
  readonly score: number;
}

/**
 * When each address of record has to be looked at, and which were registered over a connection: sorted sets that say
 * where to look. What is true is in the hash of the address of record, most often on another node of a cluster. An
 * entry is made before or with the hash, and removed only by who has looked at the hash, so that nothing is without
 * one for longer than until its next refresh.
 */
export class LocationIndex {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** `lifeMs` is how long the hash will be there. */
  async enter(aor: string, due: number, now: number, lifeMs: number): Promise<void> {
    const { slot, set } = placeOf(aor);
    await this.#redis.run(
      'index',
      enter,
      [setKey(slot, set), firstsKey(slot)],
      [aor, due, now, keptFor(lifeMs), set],
    );
  }

  async enterFlow({ edge, connection }: BindingFlow, aor: string, lifeMs: number): Promise<void> {
    const args = [connection, `${connection} ${aor}`, keptFor(lifeMs)];
    await this.#redis.run('index', enterFlow, [flowsOf(edge, connection)], args);
  }

  /** How many addresses of record there are. */
  async count(): Promise<number> {
    const all = Array.from({ length: slots }, (_, slot) =>
      this.#redis.run('count', countAll, setsIn(slot), []),
    );
    return (await Promise.all(all)).reduce<number>((total, count) => total + Number(count), 0);
  }

  /** Some of what is due; nobody else gets it for a while. */
  async claim(now: number): Promise<Claimed[]> {
    // Unlike the moment at which a binding expires, and unlike other claims.
    const score = Math.floor(now) + claimMs + (1 + Math.floor(Math.random() * 510)) / 512;
    const all = Array.from({ length: slots }, async (_, slot) => {
      const sets = await this.#dueSets(slot, now);
      return Promise.all(sets.map((set) => this.#claim(slot, set, now, score)));
    });
    return (await Promise.all(all)).flat(2);
  }

  /** Done with it: it is due again, or nothing is left of it. */
  async settle({ aor, score }: Claimed, due: number | undefined, now: number): Promise<void> {
    const { slot, set } = placeOf(aor);
    const again = due === undefined ? ['', set, 0] : [Math.ceil(due), set, keptFor(Math.ceil(due) - now)];
    const args = [aor, score, ...again];
    await this.#redis.run('expire', settle, [setKey(slot, set), firstsKey(slot)], args);
  }

  /** Who may have a binding over connections of an edge, part by part, as entries to be forgotten afterwards. */
  async *flows(edge: string, from: number, to: number): AsyncGenerator<Flows> {
    const one = from === to ? [flowsOf(edge, from)] : undefined;
    const keys = one ?? Array.from({ length: setsOfEdge }, (_, set) => flowsOf(edge, set));
    const range = [String(from), Number.isFinite(to) ? String(to) : '+inf'];
    for (let start = 0; start < keys.length; start += edgeSetsAtOnce) {
      const some = keys.slice(start, start + edgeSetsAtOnce);
      const read = await Promise.all(some.map((key) => this.#flowsOf(key, range)));
      for (const flows of read) if (flows.entries.length > 0) yield flows;
    }
  }

  async forget({ key, entries }: Flows): Promise<void> {
    await this.#redis.command('flows', key, ['ZREM', key, ...entries]);
  }

  async #dueSets(slot: number, now: number): Promise<number[]> {
    const key = firstsKey(slot);
    const range = ['-inf', String(now), 'LIMIT', '0', String(setsClaimed)];
    const sets = await this.#redis.command('expire', key, ['ZRANGEBYSCORE', key, ...range]);
    return (sets as readonly string[]).map(Number);
  }

  async #claim(slot: number, set: number, now: number, score: number): Promise<Claimed[]> {
    const keys = [setKey(slot, set), firstsKey(slot)] as const;
    const due = await this.#redis.run('expire', claim, keys, [now, score, claimedOfSet, set]);
    return (due as readonly string[]).map((aor) => ({ aor, score }));
  }

  async #flowsOf(key: string, range: readonly string[]): Promise<Flows> {
    const entries = await this.#redis.command('flows', key, ['ZRANGEBYSCORE', key, ...range]);
    return { key, entries: entries as readonly string[] };
  }
}

/**
 * How long a set is kept for one of its entries. A refresh leaves the entry as it is until it is due, and the next one
 * comes within the same time again.
 */
function keptFor(lifeMs: number): number {
  return Math.ceil(2 * lifeMs) + claimMs;
}

/** Entries of one set, each with the connection and an address of record. */
export interface Flows {
  readonly key: string;
  readonly entries: readonly string[];
}

export function aorOfFlow(entry: string): string {
  return entry.slice(entry.indexOf(' ') + 1);
}

/** The sets of a slot, in the order of a listing. */
export function setsIn(slot: number): [string, ...string[]] {
  return Array.from({ length: setsOfSlot }, (_, set) => setKey(slot, set)) as [string, ...string[]];
}

export const slotsOfIndex: number = slots;

function placeOf(aor: string): { readonly slot: number; readonly set: number } {
  const shard = shardOf(aor, slots * setsOfSlot);
  return { slot: shard % slots, set: Math.floor(shard / slots) };
}

function firstsKey(slot: number): string {
  return `loc-due:{loc-${slot}}`;
}

function setKey(slot: number, set: number): string {
  return `loc-due:{loc-${slot}}:${set}`;
}

function flowsOf(edge: string, connection: number): string {
  return `loc-flows:{${edge}}:${connection % setsOfEdge}`;
}
