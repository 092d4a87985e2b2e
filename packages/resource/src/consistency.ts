import { type Located, placeOf, problemAt } from './located.ts';
import { nearestHint } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { TenantResource, UserResource } from './resource.ts';

type LocatedTenant = Located<TenantResource>;
type LocatedUser = Located<UserResource>;

/** What is wrong between resources that are right by themselves. `broken` names tenants that are there, but wrong. */
export function checkConsistency(
  tenants: readonly LocatedTenant[],
  users: readonly LocatedUser[],
  broken: readonly string[],
): Problem[] {
  const known = new Set([...tenants.map(({ resource }) => resource.metadata.name), ...broken]);
  return [
    ...duplicates(tenants, ({ resource }) => resource.metadata.name),
    ...duplicates(users, ({ resource: { metadata } }) => `${metadata.tenant}/${metadata.name}`),
    ...sharedDomains(tenants),
    ...severalOwnAddresses(tenants),
    ...unknownTenants(known, users),
    ...aliasClashes(users),
  ];
}

function* duplicates<L extends Located>(all: readonly L[], keyOf: (located: L) => string): Iterable<Problem> {
  const first = new Map<string, L>();
  for (const located of all) {
    const earlier = first.get(keyOf(located));
    if (earlier) yield problemAt(located, ['metadata', 'name'], `is taken at ${placeOf(earlier)}`);
    else first.set(keyOf(located), located);
  }
}

function* sharedDomains(tenants: readonly LocatedTenant[]): Iterable<Problem> {
  const owners = new Map<string, LocatedTenant>();
  for (const located of tenants) {
    for (const [index, domain] of located.resource.spec.domains.entries()) {
      const owner = owners.get(domain);
      if (!owner) owners.set(domain, located);
      else yield problemAt(located, ['spec', 'domains', index], `${domain} belongs to ${owned(owner)}`);
    }
  }
}

function owned(by: Located): string {
  return `${by.resource.kind}/${by.resource.metadata.name} at ${placeOf(by)}`;
}

function* severalOwnAddresses(tenants: readonly LocatedTenant[]): Iterable<Problem> {
  const [first, ...others] = tenants.filter(({ resource }) => resource.spec.ownAddresses);
  for (const located of others) {
    yield problemAt(located, ['spec', 'ownAddresses'], `is true for ${owned(first!)} already`);
  }
}

function* unknownTenants(known: ReadonlySet<string>, users: readonly LocatedUser[]): Iterable<Problem> {
  for (const located of users) {
    const { tenant } = located.resource.metadata;
    if (known.has(tenant)) continue;
    yield problemAt(located, ['metadata', 'tenant'], `${tenant} is unknown${nearestHint(tenant, known)}`);
  }
}

/** An alias must be nobody else's name or alias in its tenant. */
function* aliasClashes(users: readonly LocatedUser[]): Iterable<Problem> {
  const owners = new Map<string, LocatedUser>();
  const keyOf = ({ resource }: LocatedUser, name: string) => `${resource.metadata.tenant}/${name}`;
  for (const located of users) owners.set(keyOf(located, located.resource.metadata.name), located);
  for (const located of users) {
    for (const [index, alias] of located.resource.spec.aliases.entries()) {
      const owner = owners.get(keyOf(located, alias));
      if (!owner) owners.set(keyOf(located, alias), located);
      else if (owner !== located) {
        yield problemAt(located, ['spec', 'aliases', index], `${alias} already names ${owned(owner)}`);
      }
    }
  }
}
