import type { Binding, Location, Registration, RegistrationChange } from '@tandem/location';
import type { CallLimit, CallLimits, NonceCounts } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { DecisionTracing } from '../decision-tracing.ts';
import { storeUnavailable } from '../faults.ts';
import type { NonceClaim } from '../proof.ts';

/** Records the seconds that an operation took. */
export type StoreTime = (seconds: number, labels: { readonly operation: string }) => void;

/** The stores, and who is told how long they took. */
export interface StoresParts {
  readonly location: Location;
  readonly nonceCounts: NonceCounts;
  readonly limits: CallLimits;
  readonly storeTime?: StoreTime | undefined;
  readonly tracing?: DecisionTracing | undefined;
}

/** What a router asks of its stores. Whatever they throw becomes `store-unavailable`, and no defect of the router. */
export class Stores {
  readonly #location: Location;
  readonly #nonceCounts: NonceCounts;
  readonly #limits: CallLimits;
  readonly #storeTime: StoreTime | undefined;
  readonly #tracing: DecisionTracing | undefined;

  constructor({ location, nonceCounts, limits, storeTime, tracing }: StoresParts) {
    this.#location = location;
    this.#nonceCounts = nonceCounts;
    this.#limits = limits;
    this.#storeTime = storeTime;
    this.#tracing = tracing;
  }

  /** Whether this use of a nonce is the first, or of the same claimant. */
  claim({ nonce, count, expiresAt }: NonceClaim, claimant: string, now: number): Promise<boolean> {
    return this.#ask('claim', () =>
      this.#nonceCounts.claim(nonce, count, expiresAt, now, claimant || undefined),
    );
  }

  lookup(aors: readonly string[], now: number): Promise<ReadonlyMap<string, readonly Binding[]>> {
    return this.#ask('lookup', () => this.#location.lookup(aors, now));
  }

  update(aor: string, change: RegistrationChange, now: number): Promise<Registration> {
    return this.#ask('update', () => this.#location.update(aor, change, now));
  }

  /** Takes places for a call; the name of the limit that is full, if one is. */
  acquire(
    call: string,
    limits: readonly CallLimit[],
    expiresAt: number,
    now: number,
  ): Promise<string | undefined> {
    return this.#ask('acquire', () => this.#limits.acquire(call, limits, expiresAt, now));
  }

  release(call: string, names: readonly string[]): Promise<void> {
    return this.#ask('release', () => this.#limits.release(call, names));
  }

  connectionEnded(edge: string, connection: number, now: number): Promise<void> {
    return this.#ask('update', () => this.#location.flowEnded(edge, connection, now));
  }

  async #ask<T>(operation: string, ask: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await (this.#tracing?.store(operation, ask) ?? ask());
    } catch (cause) {
      throw new Fault(storeUnavailable, cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      this.#storeTime?.((performance.now() - start) / 1000, { operation });
    }
  }
}
