import { trunk } from '@tandem/contract';
import { type Subscription, TrunkSightings, type TrunkSightingsOptions } from '@tandem/platform';
import type { Trunk } from '@tandem/resource';
import { withoutUser } from '@tandem/sip';

/** Milliseconds for which what was told of a trunk holds: it is told again three times meanwhile. */
const healthLifetime = 35_000;
/** Trunks that are remembered. */
const capacity = 20_000;

interface Known {
  readonly down: ReadonlySet<string>;
  readonly until: number;
}

/** What trunk nodes tell of contacts, and what they are told of calls that arrive. */
export class TrunkNodes {
  readonly #options: TrunkSightingsOptions;
  readonly #known = new Map<string, Known>();
  readonly #sightings: TrunkSightings;
  readonly #subscription: Subscription;

  constructor(options: TrunkSightingsOptions) {
    this.#options = options;
    this.#sightings = new TrunkSightings(options);
    const { bus, region } = options;
    this.#subscription = bus.subscribe(`tandem.${region}.trunks.health`, ({ payload }) =>
      this.#learn(trunk.Health.decode(payload)),
    );
  }

  /** Whether a contact of a trunk, without its user, is known to answer nothing. When nobody says so, it is not. */
  isDown(
    { tenant, trunk: name }: { readonly tenant: string; readonly trunk: string },
    contact: string,
  ): boolean {
    const known = this.#known.get(`${tenant}/${name}`);
    return known !== undefined && known.until > this.#options.now() && known.down.has(contact);
  }

  /** A request has come from a trunk. */
  sighted({ name, tenant }: Trunk, method: string, source: string): void {
    this.#sightings.proven(tenant.name, name, method, source);
  }

  /** A request has come to the Contact of a trunk, from an address that is not the trunk's. */
  unlisted({ name, tenant }: Trunk, method: string, source: string): void {
    this.#sightings.proven(tenant.name, name, method, source, true);
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #learn({ tenant, trunk: name, down }: trunk.Health): void {
    const key = `${tenant}/${name}`;
    if (!this.#known.has(key) && this.#known.size >= capacity) return;
    if (down.length === 0) this.#known.delete(key);
    else
      this.#known.set(key, {
        down: new Set(down.map(withoutUser)),
        until: this.#options.now() + healthLifetime,
      });
  }
}
