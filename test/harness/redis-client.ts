import { createLog, Redis, type RedisOptions, redisUrl } from '@tandem/platform';

const log = createLog({ level: 'silent', node: 'test', destination: 2 });

/** A connection to Redis as a process has it. */
export function openRedis(url: string, options: Partial<RedisOptions> = {}): Promise<Redis> {
  return Redis.open({ servers: redisUrl.parse(url), log, ...options });
}
