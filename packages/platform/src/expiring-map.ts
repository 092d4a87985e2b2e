const bucketMs = 1_000;

interface Entry<V> {
  readonly value: V;
  readonly expiresAt: number;
}

/** Values that are forgotten at a time of their own, in O(1) each. Times are in milliseconds. */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  /** The keys that expire within each second. */
  readonly #buckets = new Map<number, Set<string>>();
  /** The first second that has not been emptied. */
  #next = Number.NEGATIVE_INFINITY;

  /** Counts what expired within the last second as well; {@link countAlive} does not. */
  get size(): number {
    return this.#entries.size;
  }

  get(key: string, now: number): V | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.expiresAt > now ? entry.value : undefined;
  }

  set(name: string, value: V, expiresAt: number): void {
    // A copy: a slice would keep the whole message that it was cut from.
    const key = Buffer.from(name).toString();
    this.#leaveBucket(key);
    this.#entries.set(key, { value, expiresAt });
    const second = bucketOf(expiresAt);
    const keys = this.#buckets.get(second);
    if (keys) keys.add(key);
    else this.#buckets.set(second, new Set([key]));
    this.#next = Math.min(this.#next, second);
  }

  delete(key: string): void {
    this.#leaveBucket(key);
    this.#entries.delete(key);
  }

  /** Forgets what has expired. */
  expire(now: number): void {
    const current = bucketOf(now);
    if (current <= this.#next) return;
    for (const second of this.#secondsUntil(current)) this.#empty(second);
    this.#next = current;
  }

  /** How many are alive; forgets what has expired. */
  countAlive(now: number): number {
    this.expire(now);
    let expired = 0;
    for (const key of this.#buckets.get(bucketOf(now)) ?? []) {
      if (this.get(key, now) === undefined) expired++;
    }
    return this.size - expired;
  }

  /** Forgets what expires in the earliest second; returns the time until which entries have been forgotten. */
  evictEarliest(): number {
    let second = Number.POSITIVE_INFINITY;
    for (const candidate of this.#buckets.keys()) second = Math.min(second, candidate);
    this.#empty(second);
    return (second + 1) * bucketMs;
  }

  /** Keys and values that are alive, in the order in which the keys were first set. */
  *alive(now: number): Iterable<[string, V]> {
    for (const [key, { value, expiresAt }] of this.#entries) if (expiresAt > now) yield [key, value];
  }

  /** Second by second, or bucket by bucket when time has leapt. */
  #secondsUntil(end: number): Iterable<number> {
    const seconds = end - this.#next;
    if (seconds > this.#buckets.size) return [...this.#buckets.keys()].filter((second) => second < end);
    return Array.from({ length: seconds }, (_, index) => this.#next + index);
  }

  #empty(second: number): void {
    for (const key of this.#buckets.get(second) ?? []) this.#entries.delete(key);
    this.#buckets.delete(second);
  }

  #leaveBucket(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    const second = bucketOf(entry.expiresAt);
    const keys = this.#buckets.get(second);
    keys?.delete(key);
    if (keys?.size === 0) this.#buckets.delete(second);
  }
}

function bucketOf(time: number): number {
  return Math.floor(time / bucketMs);
}
