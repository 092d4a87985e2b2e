import { type Credential, hashCredential, passwordCredential } from './credential.ts';
import type { Passwords } from './password.ts';
import type { TenantResource, UserResource } from './resource.ts';
import { homeRealm, Snapshot, type Tenant, type User } from './snapshot.ts';

/** Makes resources that are free of problems into a snapshot. */
export function compose(
  version: string,
  tenants: readonly TenantResource[],
  users: readonly UserResource[],
  passwords: Passwords,
): Snapshot {
  const inForce = new Map(
    tenants.map(({ metadata, spec }) => [metadata.name, { name: metadata.name, ...spec }]),
  );
  const accounts = users.map((user) => userOf(user, inForce.get(user.metadata.tenant)!, passwords));
  return new Snapshot(version, inForce.values(), accounts);
}

function userOf(resource: UserResource, tenant: Tenant, passwords: Passwords): User {
  const { credentials: _, ...spec } = resource.spec;
  const credential = credentialOf(resource, tenant, passwords);
  return { name: resource.metadata.name, tenant, credential, ...spec };
}

function credentialOf(resource: UserResource, tenant: Tenant, passwords: Passwords): Credential {
  const { password, ha1 } = resource.spec.credentials;
  if (ha1) return hashCredential(ha1, resource.metadata.name, homeRealm(tenant));
  return passwordCredential(password ?? passwords.get(resource)!);
}
