import type { Binding, Location, Registration, RegistrationChange } from '@tandem/location';
import type { NonceCounts } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { storeUnavailable } from '../faults.ts';
import type { NonceClaim } from '../proof.ts';

/** Records the seconds that an operation took. */
export type StoreTime = (seconds: number, labels: { readonly operation: string }) => void;

/** What a router asks of its stores. Whatever they throw becomes `store-unavailable`, and no defect of the router. */
export class Stores {
  readonly #location: Location;
  readonly #nonceCounts: NonceCounts;
  readonly #storeTime: StoreTime | undefined;

  constructor(location: Location, nonceCounts: NonceCounts, storeTime?: StoreTime) {
    this.#location = location;
    this.#nonceCounts = nonceCounts;
    this.#storeTime = storeTime;
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

  connectionEnded(edge: string, connection: number, now: number): Promise<void> {
    return this.#ask('update', () => this.#location.flowEnded(edge, connection, now));
  }

  async #ask<T>(operation: string, ask: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await ask();
    } catch (cause) {
      throw new Fault(storeUnavailable, cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      this.#storeTime?.((performance.now() - start) / 1000, { operation });
    }
  }
}
