import { canonicalHost, homeRealm, type Snapshot, type Tenant } from '@tandem/resource';

/** A domain that is served here. */
export interface Domain {
  readonly tenant: Tenant;
  /** The domain in the spelling that is compared; for the address of an edge, the tenant's first domain. */
  readonly realm: string;
}

/** The domain that a host stands for; `ownHosts` are the names and addresses of the edge that asks. */
export function servedDomain(
  snapshot: Snapshot,
  host: string,
  ownHosts: readonly string[],
): Domain | undefined {
  const name = canonicalHost(host);
  const tenant = snapshot.tenantOfDomain(name);
  if (tenant) return { tenant, realm: name };
  const home = snapshot.ownAddresses;
  return home && isOwnHost(name, ownHosts) ? { tenant: home, realm: homeRealm(home) } : undefined;
}

export function isOwnHost(host: string, ownHosts: readonly string[]): boolean {
  const name = canonicalHost(host);
  return ownHosts.some((own) => canonicalHost(own) === name);
}

const shown = 3;

/** What to say of a host that is nobody's domain. */
export function describeUnserved(snapshot: Snapshot, host: string, ownHosts: readonly string[]): string {
  const domains = someDomains(snapshot);
  const expected = domains.length === 0 ? '' : `, expected ${domains.join(' or ')}`;
  const own = isOwnHost(host, ownHosts) ? ' (an address of this edge, and no tenant has ownAddresses)' : '';
  return `${host} is no domain of a tenant${own}${expected}`;
}

function someDomains({ tenants }: Snapshot): string[] {
  const domains: string[] = [];
  for (const tenant of tenants.values()) {
    domains.push(...tenant.domains.slice(0, shown - domains.length));
    if (domains.length === shown) break;
  }
  return domains;
}
