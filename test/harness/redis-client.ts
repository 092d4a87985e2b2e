import { createLog, Redis, type RedisOptions, redisUrl } from '@tandem/platform';

const log = createLog({ level: 'silent', node: 'test', destination: 2 });

/** A connection to Redis as a process has it, and patient: tests share their machine. */
export function openRedis(url: string, options: Partial<RedisOptions> = {}): Promise<Redis> {
  return Redis.open({ servers: redisUrl.parse(url), log, deadlineMs: 10_000, ...options });
}
