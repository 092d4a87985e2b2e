import type { Redis } from '../redis/redis.ts';
import { SortedNames } from '../redis/sorted-names.ts';
import type { CallRecord } from './call-store.ts';

const owners = 'call-owners';
/** The ids of all calls are spread over so many sets, and so over the nodes of a cluster. */
const shards = 16;
/** An owner is entered again when the known end of its last call is so far behind. */
const ownerSlackMs = 60_000;
/** For how long an end is sure to be found that is another node's to tell than the call was to look after. */
const endingMs = 60 * 60_000;

/** Which calls there are, and which node looks after which. */
export class RedisCallNames {
  readonly all: SortedNames;
  readonly #redis: Redis;
  /** Until when each owner is known to be entered. */
  readonly #entered = new Map<string, number>();

  constructor(redis: Redis) {
    this.#redis = redis;
    const keys = Array.from({ length: shards }, (_, shard) => `calls:{${shard}}`);
    this.all = new SortedNames(redis, keys as [string, ...string[]]);
  }

  of(owner: string): SortedNames {
    return new SortedNames(this.#redis, [`calls-of:{${owner}}`]);
  }

  /** A node is to tell of the end of a call. */
  async enterEnding(id: string, node: string, now: number): Promise<void> {
    await Promise.all([this.#enterOwner(node, now + endingMs), this.of(node).add('take', [id], endingMs)]);
  }

  async enter({ id, node }: CallRecord, keptMs: number, now: number): Promise<void> {
    await Promise.all([
      this.#enterOwner(node, now + keptMs),
      this.of(node).add('put', [id], keptMs),
      this.all.add('put', [id], keptMs),
    ]);
  }

  /**
   * A call goes on no longer, and `teller` tells so. Nobody waits for that, and Redis counts what fails: a name without a
   * record misleads nobody.
   */
  leave({ id, node }: CallRecord, teller: string): void {
    if (node !== teller) {
      this.of(node)
        .remove('take', [id])
        .catch(() => undefined);
    }
    this.all.remove('take', [id]).catch(() => undefined);
  }

  async owners(now: number): Promise<readonly string[]> {
    await this.#redis.command('owners', owners, ['ZREMRANGEBYSCORE', owners, '-inf', String(now)]);
    const known = (await this.#redis.command('owners', owners, ['ZRANGE', owners, '0', '-1'])) as string[];
    const sizes = await Promise.all(known.map((owner) => this.of(owner).size('owners')));
    return known.filter((_, index) => sizes[index]);
  }

  async #enterOwner(node: string, until: number): Promise<void> {
    if ((this.#entered.get(node) ?? 0) >= until) return;
    const entered = until + ownerSlackMs;
    await this.#redis.command('put', owners, ['ZADD', owners, 'GT', String(entered), node]);
    this.#entered.set(node, entered);
  }
}
