import type { Redis } from './redis.ts';
import { shardOf } from './slot.ts';

export interface NamesQuery {
  /** At most so many. */
  readonly limit: number;
  /** What the page before ended with. */
  readonly cursor?: string | undefined;
  /** Only names that begin so. */
  readonly prefix?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Asks for the next page; absent on the last. */
  readonly cursor?: string;
}

// KEYS: the set. ARGV: for how long it is kept at least, then the names.
const enter = `
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 0, ARGV[i]) end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1`;

/**
 * The names of what is kept under keys of its own, in an order that never changes, in one sorted set or spread over
 * several. What a name stands for may be in another slot, so the two do not change as one step: a name may be there
 * too long, and whoever reads it looks.
 */
export class SortedNames {
  readonly #redis: Redis;
  readonly #keys: readonly [string, ...string[]];

  constructor(redis: Redis, keys: readonly [string, ...string[]]) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(operation: string, names: readonly string[], keptMs: number): Promise<void> {
    for (const [key, own] of this.#byKey(names)) {
      // Its text: a server that does not know a script is asked twice, and what was sent behind it would come first.
      await this.#redis.command(operation, key, ['EVAL', enter, '1', key, String(keptMs), ...own]);
    }
  }

  async remove(operation: string, names: readonly string[]): Promise<void> {
    for (const [key, own] of this.#byKey(names)) {
      await this.#redis.command(operation, key, ['ZREM', key, ...own]);
    }
  }

  async size(operation: string): Promise<number> {
    const sizes = this.#keys.map((key) => this.#redis.command(operation, key, ['ZCARD', key]));
    return (await Promise.all(sizes)).reduce<number>((sum, size) => sum + (size as number), 0);
  }

  /** A page of what `read` finds behind the names; it leaves out what is not there. */
  async page<T>(
    operation: string,
    { limit, cursor, prefix = '' }: NamesQuery,
    read: (names: readonly string[]) => Promise<readonly (T | undefined)[]>,
  ): Promise<Page<T>> {
    const items: T[] = [];
    let next = cursor;
    do {
      const page = await this.#names(operation, limit - items.length, next, prefix);
      items.push(...(await read(page.items)).filter((item) => item !== undefined));
      next = page.cursor;
    } while (next !== undefined && items.length < limit);
    return { items, ...(next !== undefined && { cursor: next }) };
  }

  async #names(
    operation: string,
    limit: number,
    cursor: string | undefined,
    prefix: string,
  ): Promise<Page<string>> {
    const { shard, after } = placeOf(cursor);
    const most = String(limit + 1);
    const [from, to] = prefix === '' ? ['-', '+'] : [`[${prefix}`, `(${successor(prefix)}`];
    const keys = this.#keys.slice(shard);
    const replies = await Promise.all(
      keys.map((key, index) => {
        const start = index === 0 && after !== undefined ? `(${after}` : from;
        return this.#redis.command(operation, key, ['ZRANGEBYLEX', key, start, to, 'LIMIT', '0', most]);
      }),
    );
    const found = replies.flatMap((names, index) =>
      (names as readonly string[]).map((name) => ({ name, shard: shard + index })),
    );
    const items = found.slice(0, limit).map(({ name }) => name);
    const last = found[limit - 1];
    return { items, ...(last && found.length > limit && { cursor: `${last.shard}:${last.name}` }) };
  }

  #byKey(names: readonly string[]): Map<string, string[]> {
    return Map.groupBy(names, (name) => this.#keys[shardOf(name, this.#keys.length)] as string);
  }
}

/** `shard:name`, the last of the page before. */
function placeOf(cursor: string | undefined): { readonly shard: number; readonly after?: string } {
  if (cursor === undefined) return { shard: 0 };
  const [, shard, after] = /^(\d{1,5}):(.*)$/s.exec(cursor) ?? [];
  return after === undefined ? { shard: 0 } : { shard: Number(shard), after };
}

/** The first text after all that begin with `prefix`. */
function successor(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
