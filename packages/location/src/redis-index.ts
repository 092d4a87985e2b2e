import { type Page, type Redis, type Script, SortedNames, script, shardOf } from '@tandem/platform';
import type { BindingFlow } from './binding.ts';

const shards = 16;
/** Whoever has taken something that is due has so long for it, before others get it. */
const claimMs = 10_000;
const claimedAtOnce = 128;

// A score that is no whole number is that of a claim.
// KEYS: due, names. ARGV: aor, when it is due, now, how long to keep the sets.
const enter: Script = script(`
local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local due, now = tonumber(ARGV[2]), tonumber(ARGV[3])
if known <= now or known ~= math.floor(known) or due < known then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1]) end
redis.call('ZADD', KEYS[2], 0, ARGV[1])
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) < tonumber(ARGV[4]) then redis.call('PEXPIRE', key, ARGV[4]) end
end
return 1`);

// KEYS: due. ARGV: now, score of the claim, how many. What is due.
const claim: Script = script(`
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, aor in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], aor) end
return due`);

// KEYS: due, names. ARGV: aor, score of the claim, when it is due again. Nothing when somebody entered it meanwhile.
const settle: Script = script(`
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] ~= '' then return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('ZREM', KEYS[2], ARGV[1])`);

// KEYS: flows of an edge. ARGV: connection, connection and aor, how long to keep the set.
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
 * Which addresses of record there are, when each has to be looked at, and which were registered over a connection:
 * sorted sets that say where to look. What is true is in the hash of the address of record, most often on another node
 * of a cluster. An entry is made before or with the hash and only removed when it was looked behind, so that nothing
 * is ever without one for longer than until its next refresh.
 */
export class LocationIndex {
  readonly #redis: Redis;
  readonly #names: SortedNames;

  constructor(redis: Redis) {
    this.#redis = redis;
    const keys = Array.from({ length: shards }, (_, shard) => namesKey(shard));
    this.#names = new SortedNames(redis, keys as [string, ...string[]]);
  }

  async enter(aor: string, due: number, now: number, keptMs: number): Promise<void> {
    const shard = shardOf(aor, shards);
    await this.#redis.run('index', enter, [dueKey(shard), namesKey(shard)], [aor, due, now, keptMs]);
  }

  async enterFlow({ edge, connection }: BindingFlow, aor: string, keptMs: number): Promise<void> {
    const args = [connection, `${connection} ${aor}`, keptMs];
    await this.#redis.run('index', enterFlow, [flowsKey(edge)], args);
  }

  /** Some of what is due; nobody else gets it for a while. */
  async claim(now: number): Promise<Claimed[]> {
    // Unlike the moment at which a binding expires, and unlike other claims.
    const score = Math.floor(now) + claimMs + (1 + Math.floor(Math.random() * 510)) / 512;
    const all = Array.from({ length: shards }, async (_, shard) => {
      const due = await this.#redis.run('expire', claim, [dueKey(shard)], [now, score, claimedAtOnce]);
      return (due as readonly string[]).map((aor) => ({ aor, score }));
    });
    return (await Promise.all(all)).flat();
  }

  /** Done with it: it is due again, or nothing is left of it. */
  async settle({ aor, score }: Claimed, due: number | undefined): Promise<void> {
    const shard = shardOf(aor, shards);
    await this.#redis.run(
      'expire',
      settle,
      [dueKey(shard), namesKey(shard)],
      [aor, score, due === undefined ? '' : Math.ceil(due)],
    );
  }

  /** Some of who may have a binding over connections of an edge, as entries. */
  async flows(edge: string, from: number, to: number, limit: number): Promise<readonly string[]> {
    const range = [String(from), Number.isFinite(to) ? String(to) : '+inf', 'LIMIT', '0', String(limit)];
    return (await this.#redis.command('flows', flowsKey(edge), [
      'ZRANGEBYSCORE',
      flowsKey(edge),
      ...range,
    ])) as readonly string[];
  }

  async removeFlows(edge: string, entries: readonly string[]): Promise<void> {
    await this.#redis.command('flows', flowsKey(edge), ['ZREM', flowsKey(edge), ...entries]);
  }

  page<T>(
    query: {
      readonly limit: number;
      readonly cursor?: string | undefined;
      readonly prefix?: string | undefined;
    },
    read: (aors: readonly string[]) => Promise<readonly (T | undefined)[]>,
  ): Promise<Page<T>> {
    return this.#names.page('list', query, read);
  }
}

/** The address of record of an entry of a flow. */
export function aorOfFlow(entry: string): string {
  return entry.slice(entry.indexOf(' ') + 1);
}

function dueKey(shard: number): string {
  return `loc-due:{loc-${shard}}`;
}

function namesKey(shard: number): string {
  return `loc-names:{loc-${shard}}`;
}

function flowsKey(edge: string): string {
  return `loc-flows:{${edge}}`;
}
