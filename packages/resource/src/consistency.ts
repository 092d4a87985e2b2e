import { checkDecks } from './deck-consistency.ts';
import { type Located, ofKind, owned, placeOf, problemAt, type WithKind } from './located.ts';
import { nearestHint } from './nearest.ts';
import { checkNumbers } from './number-consistency.ts';
import { checkPatterns } from './pattern-consistency.ts';
import type { Problem } from './problem.ts';
import { resourcePath } from './resource.ts';
import { checkSchedules } from './schedule-consistency.ts';
import { checkTrunks } from './trunk-consistency.ts';

type LocatedTenant = WithKind<'Tenant'>;
/** What has names of its own within its tenant. */
type Named = WithKind<'User'> | WithKind<'Number'>;

/** What is wrong between resources that are right by themselves. `broken` names tenants that are there, but wrong. */
export function checkConsistency(all: readonly Located[], broken: readonly string[]): Problem[] {
  const tenants = ofKind(all, 'Tenant');
  const known = new Set([...tenants.map(({ resource }) => resource.metadata.name), ...broken]);
  return [
    ...duplicates(all),
    ...sharedDomains(tenants),
    ...severalOwnAddresses(tenants),
    ...unknownTenants(known, all),
    ...aliasClashes(ofKind(all, 'User')),
    ...aliasClashes(ofKind(all, 'Number')),
    ...checkTrunks(all),
    ...checkNumbers(all),
    ...checkSchedules(all),
    ...checkDecks(all),
    ...checkPatterns(all),
  ];
}

function* duplicates(all: readonly Located[]): Iterable<Problem> {
  const first = new Map<string, Located>();
  for (const located of all) {
    const key = resourcePath(located.resource);
    const earlier = first.get(key);
    if (earlier) yield problemAt(located, ['metadata', 'name'], `is taken at ${placeOf(earlier)}`);
    else first.set(key, located);
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

function* severalOwnAddresses(tenants: readonly LocatedTenant[]): Iterable<Problem> {
  const [first, ...others] = tenants.filter(({ resource }) => resource.spec.ownAddresses);
  for (const located of others) {
    yield problemAt(located, ['spec', 'ownAddresses'], `is true for ${owned(first!)} already`);
  }
}

function* unknownTenants(known: ReadonlySet<string>, all: readonly Located[]): Iterable<Problem> {
  for (const located of all) {
    const { metadata } = located.resource;
    const tenant = 'tenant' in metadata ? metadata.tenant : undefined;
    if (tenant === undefined || known.has(tenant)) continue;
    yield problemAt(located, ['metadata', 'tenant'], `${tenant} is unknown${nearestHint(tenant, known)}`);
  }
}

/** An alias must be nobody else's name or alias in its tenant. */
function* aliasClashes(users: readonly Named[]): Iterable<Problem> {
  const owners = new Map<string, Named>();
  const keyOf = ({ resource }: Named, name: string) => `${resource.metadata.tenant}/${name}`;
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
