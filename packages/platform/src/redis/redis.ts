import { Fault } from '@tandem/sip';
import { redisRefused } from '../faults.ts';
import type { Log } from '../log.ts';
import { redisConnected, redisFailures, redisSubstitutions } from '../metrics.ts';
import type { Metrics, Report } from '../telemetry/metrics.ts';
import { ClusterRoute } from './cluster-route.ts';
import type { Reply } from './connection.ts';
import type { Route } from './route.ts';
import type { Script } from './script.ts';
import type { RedisServers } from './servers.ts';
import { SingleRoute } from './single-route.ts';

export interface RedisOptions {
  readonly servers: RedisServers;
  readonly log: Log;
  /** What may take longer is given up, in milliseconds. */
  readonly deadlineMs?: number;
}

/** What all stores ask Redis through. While it is away everything rejects at once, and it comes back by itself. */
export class Redis {
  readonly #log: Log;
  readonly #route: Route;
  readonly #failures = new Map<string, number>();
  readonly #substitutions = new Map<string, number>();
  #told: boolean | undefined;

  private constructor({ servers, log, deadlineMs = 500 }: RedisOptions) {
    this.#log = log;
    const options = { servers, deadlineMs, onState: (gone?: Fault) => this.#tell(gone) };
    this.#route = servers.kind === 'cluster' ? new ClusterRoute(options) : new SingleRoute(options);
  }

  /** Waits for the first attempt to connect, whether it succeeds or not. */
  static async open(options: RedisOptions): Promise<Redis> {
    const redis = new Redis(options);
    await redis.#route.opened;
    return redis;
  }

  get connected(): boolean {
    return this.#route.connected;
  }

  /** One command about one key. The operation is what a failure is counted under. */
  async command(operation: string, key: string, args: readonly string[]): Promise<Reply> {
    try {
      return await this.#route.send(key, args);
    } catch (error) {
      throw this.#failed(operation, error as Error);
    }
  }

  /** Runs a script; the server may have lost it by a restart or a failover, and is given it again then. */
  async run(
    operation: string,
    { sha, text }: Script,
    keys: readonly [string, ...string[]],
    args: readonly (string | number)[],
  ): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    try {
      return await this.#route.send(keys[0], ['EVALSHA', sha, ...rest]).catch((error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return this.#route.send(keys[0], ['EVAL', text, ...rest]);
      });
    } catch (error) {
      throw this.#failed(operation, error as Error);
    }
  }

  /** Counts what was done without Redis because it was away. */
  substituted(operation: string): void {
    count(this.#substitutions, operation);
  }

  /** Reports the counters at each scrape. */
  observe(metrics: Metrics): void {
    metrics.observe(redisConnected, (report) => report(this.connected ? 1 : 0));
    metrics.observe(redisFailures, (report) => reportAll(this.#failures, report));
    metrics.observe(redisSubstitutions, (report) => reportAll(this.#substitutions, report));
  }

  close(): Promise<void> {
    return this.#route.close();
  }

  #failed(operation: string, error: Error): Fault {
    count(this.#failures, operation);
    if (error instanceof Fault) return error;
    return new Fault(redisRefused, `${operation}: ${error.message}`, { cause: error });
  }

  #tell(gone?: Fault): void {
    const connected = this.#route?.connected ?? false;
    if (connected === this.#told) return;
    this.#told = connected;
    if (connected) this.#log.info({}, 'Redis is connected');
    else this.#log.warn({ err: gone }, 'Redis is away');
  }
}

function count(counts: Map<string, number>, operation: string): void {
  counts.set(operation, (counts.get(operation) ?? 0) + 1);
}

/** There is a 0 from the start, so that the first one is seen as one more. */
function reportAll(counts: ReadonlyMap<string, number>, report: Report): void {
  report(0);
  for (const [operation, value] of counts) report(value, { operation });
}
