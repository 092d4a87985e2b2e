import type { Credential } from './credential.ts';
import type { DeckSpec, Price } from './deck.ts';
import { canonicalHost } from './name.ts';
import type { NumberSpec } from './number.ts';
import { NumberIndex } from './number-index.ts';
import type { RouteSpec } from './route.ts';
import type { ScheduleSpec } from './schedule.ts';
import type { TenantSpec } from './tenant.ts';
import type { IdentifySpec, TrunkSpec } from './trunk.ts';
import type { Account } from './trunk-auth.ts';
import { TrunkIndex } from './trunk-index.ts';
import type { UserSpec } from './user.ts';

/** A tenant in force. */
export interface Tenant extends TenantSpec {
  readonly name: string;
}

/** A user in force. */
export interface User extends Omit<UserSpec, 'credentials'> {
  readonly name: string;
  readonly tenant: Tenant;
  readonly credential: Credential;
}

/** A trunk in force. */
export interface Trunk extends Omit<TrunkSpec, 'auth' | 'identify'> {
  readonly name: string;
  readonly tenant: Tenant;
  /** What we prove ourselves with there. */
  readonly auth?: (Account & { readonly realm?: string | undefined }) | undefined;
  readonly identify: Omit<IdentifySpec, 'credentials'> & {
    /** What it proves itself with here. */
    readonly credentials?: { readonly username: string; readonly credential: Credential } | undefined;
  };
}

/** An inbound number in force. */
export interface InboundNumber extends NumberSpec {
  readonly name: string;
  readonly tenant: Tenant;
}

/** An outbound route in force. */
export interface OutboundRoute extends RouteSpec {
  readonly name: string;
  readonly tenant: Tenant;
}

/** A schedule in force. */
export interface Schedule extends ScheduleSpec {
  readonly name: string;
  readonly tenant: Tenant;
}

/** Prices of a trunk in force. */
export interface Deck extends DeckSpec {
  readonly name: string;
  readonly tenant: Tenant;
}

/** All that is in force at one moment. */
export interface InForce {
  readonly tenants: Iterable<Tenant>;
  readonly users: Iterable<User>;
  readonly trunks: Iterable<Trunk>;
  readonly numbers: Iterable<InboundNumber>;
  readonly routes: Iterable<OutboundRoute>;
  readonly schedules: Iterable<Schedule>;
  readonly decks: Iterable<Deck>;
}

/** The realm of a tenant where a request names none of its domains. */
export function homeRealm(tenant: Pick<TenantSpec, 'domains'> & { readonly name: string }): string {
  return tenant.domains[0] ?? tenant.name;
}

/** The configuration at one moment. It never changes: a change makes another one. */
export class Snapshot {
  /** Tells configurations apart. */
  readonly version: string;
  /** Tenants by name. */
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** The tenant that takes the addresses of the edges for its domain. */
  readonly ownAddresses: Tenant | undefined;
  readonly userCount: number;
  readonly #domains = new Map<string, Tenant>();
  /** Users by name and alias, by tenant name. */
  readonly #users = new Map<string, Map<string, User>>();

  readonly #trunks = new Map<string, Map<string, Trunk>>();
  readonly #numbers: NumberIndex;
  readonly #schedules = new Map<string, Map<string, Schedule>>();
  /** By tenant and trunk. */
  readonly #decks: ReadonlyMap<string, readonly Deck[]>;
  readonly #routes = new Map<string, readonly OutboundRoute[]>();
  /** Trunks by what proves that a request is theirs. */
  readonly proofs: TrunkIndex;

  /** Names, aliases and domains must be free of clashes: see `compose`. */
  constructor(version: string, { tenants, users, trunks, numbers, routes, schedules, decks }: InForce) {
    this.version = version;
    this.tenants = new Map(Array.from(tenants, (tenant) => [tenant.name, tenant]));
    for (const tenant of this.tenants.values()) {
      this.#users.set(tenant.name, new Map());
      for (const domain of tenant.domains) this.#domains.set(domain, tenant);
    }
    this.ownAddresses = [...this.tenants.values()].find((tenant) => tenant.ownAddresses);
    this.userCount = 0;
    for (const user of users) {
      this.#enter(user);
      this.userCount++;
    }
    const known = [...trunks];
    for (const trunk of known) within(this.#trunks, trunk).set(trunk.name, trunk);
    this.proofs = new TrunkIndex(known);
    this.#numbers = new NumberIndex(numbers);
    this.#decks = Map.groupBy(decks, ({ tenant, trunk }) => `${tenant.name}/${trunk}`);
    for (const schedule of schedules) within(this.#schedules, schedule).set(schedule.name, schedule);
    for (const [tenant, own] of Map.groupBy(routes, (route) => route.tenant.name)) {
      this.#routes.set(tenant, own.sort(byPrecedence));
    }
  }

  #enter(user: User): void {
    const names = this.#users.get(user.tenant.name)!;
    names.set(user.name, user);
    for (const alias of user.aliases) names.set(alias, user);
  }

  trunk(tenant: string, name: string): Trunk | undefined {
    return this.#trunks.get(tenant)?.get(name);
  }

  /** All trunks. */
  *trunks(): Iterable<Trunk> {
    for (const own of this.#trunks.values()) yield* own.values();
  }

  /** The inbound number that has a name or an alias within a tenant, or is the same number in E.164. */
  number(tenant: string, nameOrAlias: string): InboundNumber | undefined {
    return this.#numbers.find(tenant, nameOrAlias);
  }

  /** All spellings of inbound numbers within a tenant. */
  numbers(tenant: string): Iterable<string> {
    return this.#numbers.spellings(tenant);
  }

  /** What a call to a number costs by a trunk: the price of the longest prefix in any of its decks. */
  price({ name, tenant }: Trunk, number: string): Price | undefined {
    let best: Price | undefined;
    for (const { prices } of this.#decks.get(`${tenant.name}/${name}`) ?? []) {
      const found = prices.find(number);
      if (found && found.prefix.length > (best?.prefix.length ?? 0)) best = found;
    }
    return best;
  }

  schedule(tenant: string, name: string): Schedule | undefined {
    return this.#schedules.get(tenant)?.get(name);
  }

  /** The outbound routes of a tenant, in the order in which they are looked at. */
  routes(tenant: string): readonly OutboundRoute[] {
    return this.#routes.get(tenant) ?? [];
  }

  /** The tenant that a domain belongs to, in whatever spelling. */
  tenantOfDomain(host: string): Tenant | undefined {
    return this.#domains.get(canonicalHost(host));
  }

  /** The user that has a name or an alias within a tenant. */
  user(tenant: string, nameOrAlias: string): User | undefined {
    return this.#users.get(tenant)?.get(nameOrAlias);
  }

  /** All users, each once. */
  *users(): Iterable<User> {
    for (const names of this.#users.values())
      for (const [name, user] of names) if (name === user.name) yield user;
  }

  /** All names and aliases within a tenant. */
  names(tenant: string): Iterable<string> {
    return this.#users.get(tenant)?.keys() ?? [];
  }
}

function within<T>(
  all: Map<string, Map<string, T>>,
  { tenant }: { readonly tenant: Tenant },
): Map<string, T> {
  const own = all.get(tenant.name) ?? new Map<string, T>();
  all.set(tenant.name, own);
  return own;
}

function byPrecedence(a: OutboundRoute, b: OutboundRoute): number {
  const longer = (b.match.prefix?.length ?? 0) - (a.match.prefix?.length ?? 0);
  return a.priority - b.priority || longer || (a.name < b.name ? -1 : 1);
}
