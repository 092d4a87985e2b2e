import { type Redis, type Script, script, shardOf } from '@tandem/platform';
import type { BindingFlow } from './binding.ts';

/** The sets are spread over so many slots, and so over the nodes of a cluster. */
const slots = 16;
/** Sets of a slot. Redis keeps a set of up to 128 names in a third of the memory, a tenth of the overhead. */
const setsOfSlot = 256;
const setsOfEdge = 1_024;
/** Whoever has taken something that is due has so long for it, before others get it. */
const claimMs = 10_000;
const claimedOfSlot = 128;
const edgeSetsAtOnce = 64;

// A score that is no whole number is that of a claim.
// KEYS: the set. ARGV: aor, when it is due, now, how long to keep the set.
const enter: Script = script(`
local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local due, now = tonumber(ARGV[2]), tonumber(ARGV[3])
if known <= now or known ~= math.floor(known) or due < known then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1]) end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return 1`);

// KEYS: sets. ARGV: now, score of the claim, how many. What is due.
const claim: Script = script(`
local claimed = {}
for _, key in ipairs(KEYS) do
  local left = tonumber(ARGV[3]) - #claimed
  if left <= 0 then break end
  for _, aor in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', ARGV[1], 'LIMIT', 0, left)) do
    redis.call('ZADD', key, ARGV[2], aor)
    claimed[#claimed + 1] = aor
  end
end
return claimed`);

// KEYS: the set. ARGV: aor, score of the claim, when it is due again. Nothing when somebody entered it meanwhile.
const settle: Script = script(`
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])`);

// KEYS: the set. ARGV: connection, connection and aor, how long to keep the set.
const enterFlow: Script = script(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1`);

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

  async enter(aor: string, due: number, now: number, keptMs: number): Promise<void> {
    await this.#redis.run('index', enter, [setOf(aor)], [aor, due, now, keptMs]);
  }

  async enterFlow({ edge, connection }: BindingFlow, aor: string, keptMs: number): Promise<void> {
    const args = [connection, `${connection} ${aor}`, keptMs];
    await this.#redis.run('index', enterFlow, [flowsOf(edge, connection)], args);
  }

  /** Some of what is due; nobody else gets it for a while. */
  async claim(now: number): Promise<Claimed[]> {
    // Unlike the moment at which a binding expires, and unlike other claims.
    const score = Math.floor(now) + claimMs + (1 + Math.floor(Math.random() * 510)) / 512;
    const all = Array.from({ length: slots }, async (_, slot) => {
      const due = await this.#redis.run('expire', claim, setsIn(slot), [now, score, claimedOfSlot]);
      return (due as readonly string[]).map((aor) => ({ aor, score }));
    });
    return (await Promise.all(all)).flat();
  }

  /** Done with it: it is due again, or nothing is left of it. */
  async settle({ aor, score }: Claimed, due: number | undefined): Promise<void> {
    await this.#redis.run(
      'expire',
      settle,
      [setOf(aor)],
      [aor, score, due === undefined ? '' : Math.ceil(due)],
    );
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

  async #flowsOf(key: string, range: readonly string[]): Promise<Flows> {
    const entries = await this.#redis.command('flows', key, ['ZRANGEBYSCORE', key, ...range]);
    return { key, entries: entries as readonly string[] };
  }
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

function setOf(aor: string): string {
  const shard = shardOf(aor, slots * setsOfSlot);
  return setKey(shard % slots, Math.floor(shard / slots));
}

function setKey(slot: number, set: number): string {
  return `loc-due:{loc-${slot}}:${set}`;
}

function flowsOf(edge: string, connection: number): string {
  return `loc-flows:{${edge}}:${connection % setsOfEdge}`;
}
