import type { Credential } from './credential.ts';
import { canonicalHost } from './name.ts';
import type { TenantSpec } from './tenant.ts';
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

  /** Names, aliases and domains must be free of clashes: see `compose`. */
  constructor(version: string, tenants: Iterable<Tenant>, users: Iterable<User>) {
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
  }

  #enter(user: User): void {
    const names = this.#users.get(user.tenant.name)!;
    names.set(user.name, user);
    for (const alias of user.aliases) names.set(alias, user);
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
