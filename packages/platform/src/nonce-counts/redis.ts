import type { Redis } from '../redis/redis.ts';
import { type Script, script } from '../redis/script.ts';
import { MemoryNonceCounts } from './memory.ts';
import { type NonceCounts, nonceWindow } from './nonce-counts.ts';

// KEYS: the nonce. ARGV: count, claimant, milliseconds to live. The same rule as in memory.ts.
const claim: Script = script(`
local count, claimant = tonumber(ARGV[1]), ARGV[2]
local known = redis.call('GET', KEYS[1])
local highest, bits, by = count, 1, claimant
if known then
  local h, b, c = string.match(known, '^(%d+) (%-?%d+) (.*)$')
  highest, bits, by = tonumber(h), tonumber(b), c
  local ahead = count - highest
  if ahead > 0 then
    bits = ahead < ${nonceWindow} and bit.bor(bit.lshift(bits, ahead), 1) or 1
    highest, by = count, claimant
  elseif ahead == 0 and claimant ~= '' and by == claimant then
    return 1
  else
    if -ahead >= ${nonceWindow} then return 0 end
    local own = bit.lshift(1, -ahead)
    if bit.band(bits, own) ~= 0 then return 0 end
    bits = bit.bor(bits, own)
  end
end
redis.call('SET', KEYS[1], string.format('%.0f %.0f ', highest, bits) .. by, 'PX', ARGV[3])
return 1`);

/**
 * Nonce counts of all processes. Each process keeps its own as well: they refuse what it has seen itself without
 * asking, and are what is left while Redis is away.
 */
export class RedisNonceCounts implements NonceCounts {
  readonly #redis: Redis;
  readonly #own: NonceCounts;

  constructor(redis: Redis, own: NonceCounts = new MemoryNonceCounts()) {
    this.#redis = redis;
    this.#own = own;
  }

  async claim(
    nonceId: string,
    count: number,
    expiresAt: number,
    now: number,
    claimant = '',
  ): Promise<boolean> {
    if (!(await this.#own.claim(nonceId, count, expiresAt, now, claimant || undefined))) return false;
    const kept = Math.ceil(expiresAt - now);
    try {
      return (await this.#redis.run('claim', claim, [`nonce:${nonceId}`], [count, claimant, kept])) === 1;
    } catch {
      this.#redis.substituted('claim');
      return true;
    }
  }
}
