import type { Binding, Location, Registration, RegistrationChange } from '@tandem/location';
import type { NonceCounts } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { storeUnavailable } from '../faults.ts';
import type { NonceClaim } from '../proof.ts';

/** What a router asks of its stores. Whatever they throw becomes `store-unavailable`, and no defect of the router. */
export class Stores {
  readonly #location: Location;
  readonly #nonceCounts: NonceCounts;

  constructor(location: Location, nonceCounts: NonceCounts) {
    this.#location = location;
    this.#nonceCounts = nonceCounts;
  }

  /** Whether this use of a nonce is the first. */
  claim({ nonce, count, expiresAt }: NonceClaim, now: number): Promise<boolean> {
    return answered(() => this.#nonceCounts.claim(nonce, count, expiresAt, now));
  }

  lookup(aors: readonly string[], now: number): Promise<ReadonlyMap<string, readonly Binding[]>> {
    return answered(() => this.#location.lookup(aors, now));
  }

  update(aor: string, change: RegistrationChange, now: number): Promise<Registration> {
    return answered(() => this.#location.update(aor, change, now));
  }

  connectionEnded(edge: string, connection: number, now: number): Promise<void> {
    return answered(() => this.#location.flowEnded(edge, connection, now));
  }
}

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new Fault(storeUnavailable, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
