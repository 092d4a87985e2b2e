import type { Lease, Leases } from './leases.ts';

/** Who owns what, within one process. */
export type MemoryOwners = Map<string, Lease & { readonly holder: string }>;

/** Leases within one process; several nodes share their owners. Nothing is ever lost. */
export class MemoryLeases implements Leases {
  readonly #owners: MemoryOwners;
  readonly #own = new Set<Lease>();

  constructor(owners: MemoryOwners = new Map()) {
    this.#owners = owners;
  }

  async tryOwn(what: string, holder: string): Promise<Lease | undefined> {
    const known = this.#owners.get(what);
    if (known) return this.#own.has(known) && known.holder === holder ? known : undefined;
    const lost = new AbortController().signal;
    const lease = { what, holder, lost, release: async () => this.#release(lease) };
    this.#owners.set(what, lease);
    this.#own.add(lease);
    return lease;
  }

  async ownerOf(what: string): Promise<string | undefined> {
    return this.#owners.get(what)?.holder;
  }

  async close(): Promise<void> {
    for (const lease of this.#own) this.#release(lease);
  }

  #release(lease: Lease): void {
    if (this.#own.delete(lease)) this.#owners.delete(lease.what);
  }
}
