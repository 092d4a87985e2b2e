import type { Reply } from '../redis/connection.ts';
import type { Redis } from '../redis/redis.ts';
import { checkSize } from './memory.ts';
import type { TrunkPage, TrunkStore } from './trunk-store.ts';

const key = 'trunks';
const pageSize = '200';

/** What is known of trunks, in one hash of Redis: they are few, and change a few times a minute. */
export class RedisTrunkStore implements TrunkStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async read(name: string): Promise<string | undefined> {
    return ((await this.#send('trunk-read', ['HGET', key, name])) as string | null) ?? undefined;
  }

  async write(name: string, state: string): Promise<void> {
    checkSize(name, state);
    await this.#send('trunk-write', ['HSET', key, name, state]);
  }

  async remove(name: string): Promise<void> {
    await this.#send('trunk-remove', ['HDEL', key, name]);
  }

  async list(cursor = '0'): Promise<TrunkPage> {
    const reply = await this.#send('trunk-list', ['HSCAN', key, cursor, 'COUNT', pageSize]);
    const [next, found] = reply as [string, string[]];
    const states = found.filter((_, index) => index % 2 === 1);
    return next === '0' ? { states } : { states, cursor: next };
  }

  #send(operation: string, args: readonly string[]): Promise<Reply> {
    return this.#redis.command(operation, key, args);
  }
}
