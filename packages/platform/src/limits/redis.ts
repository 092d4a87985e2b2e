import { Fault } from '@tandem/sip';
import { callLimitsMixed } from '../faults.ts';
import type { Redis } from '../redis/redis.ts';
import { type Script, script } from '../redis/script.ts';
import type { CallLimit, CallLimits, HeldPlace } from './call-limits.ts';

const keep = `
local function keep(key, call, expiresAt, now)
  redis.call('ZADD', key, expiresAt, call)
  local ms = expiresAt - now
  if ms > 0 and redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, string.format('%.0f', ms)) end
end
`;

// KEYS: limits. ARGV: call, expiresAt, now, how many may be in each. The number of the limit that is full, or 0.
const acquire: Script = script(`${keep}
local call, expiresAt, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if not redis.call('ZSCORE', key, call) and redis.call('ZCARD', key) >= tonumber(ARGV[3 + i]) then return i end
end
for _, key in ipairs(KEYS) do keep(key, call, expiresAt, now) end
return 0`);

// KEYS: limits, one for each call. ARGV: expiresAt, now, calls.
const renew: Script = script(`${keep}
for i, key in ipairs(KEYS) do keep(key, ARGV[2 + i], tonumber(ARGV[1]), tonumber(ARGV[2])) end
return 0`);

const renewedAtOnce = 500;

/**
 * The concurrent calls of all edges: a sorted set for each limit, calls by the expiry of their lease. The limits of a
 * tenant and of its users share a slot, so that a call takes its places in one step. Rejects while Redis is away.
 */
export class RedisCallLimits implements CallLimits {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** The limits are of one tenant. */
  async acquire(
    call: string,
    limits: readonly CallLimit[],
    expiresAt: number,
    now: number,
  ): Promise<string | undefined> {
    const [first, ...rest] = limits.map(({ name }) => keyOf(name));
    if (first === undefined) return undefined;
    if (rest.some((key) => tagOf(key) !== tagOf(first))) {
      throw new Fault(callLimitsMixed, limits.map(({ name }) => name).join(', '));
    }
    const args = [call, expiresAt, now, ...limits.map(({ max }) => max)];
    const full = await this.#redis.run('acquire', acquire, [first, ...rest], args);
    return limits[(full as number) - 1]?.name;
  }

  async renew(calls: readonly HeldPlace[], expiresAt: number, now: number): Promise<void> {
    const places = calls.flatMap(({ call, names }) => names.map((name) => ({ call, key: keyOf(name) })));
    const byTag = Map.groupBy(places, ({ key }) => tagOf(key));
    await Promise.all([...byTag.values()].map((all) => this.#renew(all, expiresAt, now)));
  }

  async release(call: string, names: readonly string[]): Promise<void> {
    const keys = names.map(keyOf);
    await Promise.all(keys.map((key) => this.#redis.command('release', key, ['ZREM', key, call])));
  }

  async count(name: string, now: number): Promise<number> {
    const key = keyOf(name);
    return (await this.#redis.command('count', key, ['ZCOUNT', key, `(${now}`, '+inf'])) as number;
  }

  async #renew(
    places: readonly { readonly call: string; readonly key: string }[],
    expiresAt: number,
    now: number,
  ): Promise<void> {
    for (let start = 0; start < places.length; start += renewedAtOnce) {
      const some = places.slice(start, start + renewedAtOnce);
      const [first = '', ...rest] = some.map(({ key }) => key);
      const args = [expiresAt, now, ...some.map(({ call }) => call)];
      await this.#redis.run('renew', renew, [first, ...rest], args);
    }
  }
}

/** `tenant/acme` and `user/acme/1001` are both of `{acme}`. */
function keyOf(name: string): string {
  return `limit:{${name.split('/')[1] ?? name}}/${name}`;
}

function tagOf(key: string): string {
  return key.slice(0, key.indexOf('}'));
}
