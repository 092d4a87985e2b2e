import { ExpiringMap } from '../expiring-map.ts';
import type { CallLimit, CallLimits, HeldPlace } from './call-limits.ts';

/** The concurrent calls of one process. */
export class MemoryCallLimits implements CallLimits {
  readonly #places = new Map<string, ExpiringMap<true>>();

  async acquire(
    call: string,
    limits: readonly CallLimit[],
    expiresAt: number,
    now: number,
  ): Promise<string | undefined> {
    const full = limits.find(({ name, max }) => !this.#has(name, call, now) && this.#count(name, now) >= max);
    if (full) return full.name;
    for (const { name } of limits) this.#take(name, call, expiresAt);
    return undefined;
  }

  async renew(calls: readonly HeldPlace[], expiresAt: number): Promise<void> {
    for (const { call, names } of calls) for (const name of names) this.#take(name, call, expiresAt);
  }

  async release(call: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const places = this.#places.get(name);
      places?.delete(call);
      if (places?.size === 0) this.#places.delete(name);
    }
  }

  async count(name: string, now: number): Promise<number> {
    return this.#count(name, now);
  }

  #has(name: string, call: string, now: number): boolean {
    return this.#places.get(name)?.get(call, now) !== undefined;
  }

  #count(name: string, now: number): number {
    return this.#places.get(name)?.countAlive(now) ?? 0;
  }

  #take(name: string, call: string, expiresAt: number): void {
    const places = this.#places.get(name) ?? new ExpiringMap<true>();
    this.#places.set(name, places);
    places.set(call, true, expiresAt);
  }
}
