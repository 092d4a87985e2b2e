import { type Credential, hashCredential, passwordCredential } from './credential.ts';
import type { Passwords } from './password.ts';
import type { Kind, Resource, TrunkResource, UserResource } from './resource.ts';
import {
  type Deck,
  homeRealm,
  type InboundNumber,
  type OutboundRoute,
  type Schedule,
  Snapshot,
  type Tenant,
  type Trunk,
  type User,
} from './snapshot.ts';
import type { Account, AccountSpec } from './trunk-auth.ts';

/** Makes resources that are free of problems into a snapshot. */
export function compose(version: string, resources: readonly Resource[], passwords: Passwords): Snapshot {
  const of = <K extends Kind>(kind: K) =>
    resources.filter((resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind);
  const tenants = new Map(
    of('Tenant').map(({ metadata: { name }, spec }) => [name, { name, ...spec }] as const),
  );
  const placed = <Spec>({ metadata, spec }: { metadata: { tenant: string; name: string }; spec: Spec }) => ({
    name: metadata.name,
    tenant: tenants.get(metadata.tenant)!,
    ...spec,
  });
  const users = of('User').map((user) => userOf(user, tenants.get(user.metadata.tenant)!, passwords));
  const trunks = of('Trunk').map((trunk) => trunkOf(trunk, tenants.get(trunk.metadata.tenant)!, passwords));
  const numbers: InboundNumber[] = of('Number').map(placed);
  const routes: OutboundRoute[] = of('Route').map(placed);
  const schedules: Schedule[] = of('Schedule').map(placed);
  const decks: Deck[] = of('Deck').map(placed);
  const inForce = { tenants: tenants.values(), users, trunks, numbers, routes, schedules, decks };
  return new Snapshot(version, inForce);
}

function userOf(resource: UserResource, tenant: Tenant, passwords: Passwords): User {
  const { credentials: _, ...spec } = resource.spec;
  const credential = credentialOf(resource, tenant, passwords);
  return { name: resource.metadata.name, tenant, credential, ...spec };
}

function credentialOf(resource: UserResource, tenant: Tenant, passwords: Passwords): Credential {
  const { password, passwordFrom, ha1 } = resource.spec.credentials;
  if (ha1) return hashCredential(ha1, resource.metadata.name, homeRealm(tenant));
  return passwordCredential(password ?? passwords.get(passwordFrom!)!);
}

function trunkOf({ metadata, spec }: TrunkResource, tenant: Tenant, passwords: Passwords): Trunk {
  const { auth, identify, ...rest } = spec;
  const { credentials, ...proofs } = identify;
  return {
    name: metadata.name,
    tenant,
    ...rest,
    ...(auth && { auth: { ...accountOf(auth, passwords), realm: auth.realm } }),
    identify: { ...proofs, ...(credentials && { credentials: provenBy(credentials, passwords) }) },
  };
}

function accountOf({ username, password, passwordFrom }: AccountSpec, passwords: Passwords): Account {
  return { username, password: password ?? passwords.get(passwordFrom!)! };
}

function provenBy(account: AccountSpec, passwords: Passwords): Trunk['identify']['credentials'] {
  const { username, password } = accountOf(account, passwords);
  return { username, credential: passwordCredential(password) };
}
