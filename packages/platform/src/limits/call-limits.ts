/** A limit of calls at a time. */
export interface CallLimit {
  /** `tenant/<name>` or `user/<tenant>/<name>`. */
  readonly name: string;
  /** Calls at a time. */
  readonly max: number;
}

/**
 * Concurrent calls, counted over all edges (design §8, `limit:{…}`): a lease for each call, never a counter, so that
 * nothing leaks when a process dies. Times are in milliseconds since 1970 UTC.
 */
export interface CallLimits {
  /**
   * Takes a place for a call in each of the limits, or in none. Returns the name of a limit that is full, or
   * undefined. A call that has its place already keeps it.
   */
  acquire(
    call: string,
    limits: readonly CallLimit[],
    expiresAt: number,
    now: number,
  ): Promise<string | undefined>;
  /** Keeps the places of calls for longer; those that have been lost are taken again, whatever the limit. */
  renew(calls: readonly HeldPlace[], expiresAt: number, now: number): Promise<void>;
  release(call: string, names: readonly string[]): Promise<void>;
  /** Calls that have a place. */
  count(name: string, now: number): Promise<number>;
}

/** The places of one call. */
export interface HeldPlace {
  readonly call: string;
  /** Names of limits. */
  readonly names: readonly string[];
}
