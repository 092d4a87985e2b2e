import { hmac, hmacKey } from '@tandem/sip';
import { kinds, type Resource } from './resource.ts';

/** A tenant of its own for `tandem doctor`, which calls from one user to the other. */
export interface Diagnostics {
  readonly domain: string;
  readonly users: readonly { readonly name: string; readonly password: string }[];
  /** To be handed to `load` as built in. */
  readonly resources: readonly Resource[];
}

/** The name of that tenant. */
export const diagnosticsTenant = 'tandem.diagnostics';
const domain = 'diagnostics.tandem.invalid';

/** Derives the passwords from a secret, so that whoever holds it can call, on any node and without storage. */
export function diagnostics(secret: string | Uint8Array): Diagnostics {
  const key = hmacKey(secret);
  const users = ['caller', 'callee'].map((name) => ({ name, password: hmac(key, `diagnostics ${name}`) }));
  return { domain, users, resources: [tenantResource(), ...users.map(userResource)] };
}

function tenantResource(): Resource {
  const metadata = { name: diagnosticsTenant };
  return kinds.Tenant.parse({
    apiVersion: 'tandem/v1',
    kind: 'Tenant',
    metadata,
    spec: { domains: [domain] },
  });
}

function userResource({ name, password }: { name: string; password: string }): Resource {
  const metadata = { tenant: diagnosticsTenant, name };
  const spec = { credentials: { password } };
  return kinds.User.parse({ apiVersion: 'tandem/v1', kind: 'User', metadata, spec });
}
