import { canonicalHost } from './name.ts';
import { NetworkIndex } from './network.ts';
import type { Trunk } from './snapshot.ts';

/** Finds trunks by what proves that a request is theirs. Disabled ones are found, too: their requests are nobody else's. */
export class TrunkIndex {
  readonly #certificates = new Map<string, Trunk[]>();
  /** By tenant and user name. */
  readonly #usernames = new Map<string, Trunk>();
  readonly #sources = new NetworkIndex<Trunk>();

  constructor(trunks: Iterable<Trunk>) {
    for (const trunk of trunks) {
      const { certificates, credentials, sources } = trunk.identify;
      if (credentials) this.#usernames.set(`${trunk.tenant.name}/${credentials.username}`, trunk);
      for (const name of new Set(certificates)) {
        const known = this.#certificates.get(name);
        if (known) known.push(trunk);
        else this.#certificates.set(name, [trunk]);
      }
      for (const source of sources) this.#sources.add(source, trunk);
    }
  }

  /** Whether no trunk can be told by its address. */
  get isEmpty(): boolean {
    return this.#sources.isEmpty;
  }

  /** The trunks of a name that a certificate proves, in whatever spelling. */
  certificate(name: string): readonly Trunk[] {
    return this.#certificates.get(canonicalHost(name)) ?? [];
  }

  /** The trunk of a tenant whose credentials have a user name. */
  username(tenant: string, username: string): Trunk | undefined {
    return this.#usernames.get(`${tenant}/${username}`);
  }

  /** The trunks of each network that an address is in, smallest network first. */
  source(address: string): Iterable<readonly Trunk[]> {
    return this.#sources.find(address);
  }
}
