import type { Credential, Snapshot, Tenant, Trunk, User } from '@tandem/resource';
import {
  type Credentials,
  checkNonce,
  computeHa1,
  type DigestAlgorithm,
  type FaultKind,
  type HmacKey,
  parseCredentials,
  readAlgorithm,
  verifyResponse,
} from '@tandem/sip';
import {
  accountUnknown,
  credentialsMalformed,
  credentialsMissing,
  digestUnprotected,
  nonceForged,
  nonceStale,
  wrongDomain,
  wrongPassword,
  wrongRealm,
} from './faults.ts';

/** In whose name credentials are asked for. Without a tenant nobody can prove anything there. */
export interface Realm {
  readonly name: string;
  readonly tenant: Tenant | undefined;
  /** How the realm was found. */
  readonly finding: string;
}

/** A use of a nonce, valid if nobody has claimed it before. */
export interface NonceClaim {
  readonly nonce: string;
  readonly count: number;
  /** In milliseconds. */
  readonly expiresAt: number;
}

/** What credentials are worth. */
export type Proof =
  | { readonly user: User; readonly trunk?: never; readonly claim: NonceClaim }
  | { readonly user?: never; readonly trunk: Trunk; readonly claim: NonceClaim }
  | {
      readonly user?: never;
      readonly trunk?: never;
      readonly kind: FaultKind;
      readonly detail: string;
      /** The password was right: the phone may answer the next nonce without asking its user. */
      readonly stale: boolean;
    };

/** What is asked with credentials in it. */
export interface Attempt {
  readonly method: string;
  /** Values of Authorization or Proxy-Authorization. */
  readonly authorization: readonly string[];
}

/**
 * Weighs credentials. Whatever is wrong with them, the same hashes are made, so that neither the answer nor its
 * timing tells which users exist.
 */
export function prove(
  snapshot: Snapshot,
  key: HmacKey,
  realm: Realm,
  { method, authorization }: Attempt,
  now: number,
): Proof {
  if (authorization.length === 0) return missing(realm);
  const readable = authorization.map(parseCredentials).filter((credentials) => credentials !== undefined);
  const credentials = readable.find((each) => each.realm === realm.name) ?? readable[0];
  if (!credentials) return wrong(credentialsMalformed, `cannot be read: ${authorization.length} values`);
  const spoken = readAlgorithm(credentials.algorithm);
  const party = findParty(snapshot, realm, credentials.username, method);
  const isRight = verify(credentials, spoken?.algorithm ?? 'MD5', party, method);
  const flaw = findFlaw(realm, credentials, party, spoken?.algorithm);
  if (flaw) return flaw;
  if (!isRight)
    return wrong(wrongPassword, `${party!.user ? 'user' : 'trunk'} ${(party!.user ?? party!.trunk).name}`);
  return weighNonce(key, realm, credentials, spoken!.algorithm, party!, now);
}

/** Whose credentials they are to be. */
type Party = { readonly credential: Credential } & (
  | { readonly user: User; readonly trunk?: never }
  | { readonly user?: never; readonly trunk: Trunk }
);

/** A user, or a trunk that calls: a trunk registers with nobody here. */
function findParty(snapshot: Snapshot, realm: Realm, username: string, method: string): Party | undefined {
  const { tenant } = realm;
  if (!tenant) return undefined;
  const user = snapshot.user(tenant.name, username);
  if (user) return { user, credential: user.credential };
  const trunk = method === 'REGISTER' ? undefined : snapshot.proofs.username(tenant.name, username);
  const credential = trunk?.identify.credentials?.credential;
  return trunk && credential && { trunk, credential };
}

function missing(realm: Realm): Proof {
  return realm.tenant ? wrong(credentialsMissing, 'no credentials') : noTenant(realm);
}

function noTenant(realm: Realm): Proof {
  return wrong(wrongDomain, realm.finding);
}

function wrong(kind: FaultKind, detail: string, stale = false): Proof {
  return { kind, detail, stale };
}

/** As long as any other. */
const nobodysHa1: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: '0'.repeat(32),
  'SHA-256': '0'.repeat(64),
};

function verify(
  credentials: Credentials,
  algorithm: DigestAlgorithm,
  party: Party | undefined,
  method: string,
): boolean {
  const { username, realm } = credentials;
  const known = party
    ? party.credential.ha1(algorithm, username, realm)
    : computeHa1(algorithm, username, realm, 'nobody');
  const isRight = verifyResponse(credentials, { method, ha1: known ?? nobodysHa1[algorithm] });
  return isRight && party !== undefined && known !== undefined;
}

/** What is wrong with credentials apart from the response itself. */
function findFlaw(
  realm: Realm,
  credentials: Credentials,
  party: Party | undefined,
  algorithm: DigestAlgorithm | undefined,
): Proof | undefined {
  if (!realm.tenant) return noTenant(realm);
  if (credentials.realm !== realm.name) {
    return wrong(wrongRealm, `realm ${JSON.stringify(credentials.realm)}, expected ${realm.name}`);
  }
  // No search for near names here: whoever scans would pay nothing for it, and could time it.
  if (!party) return wrong(accountUnknown, `unknown user ${JSON.stringify(credentials.username)}`);
  if (!algorithm || !realm.tenant.auth.algorithms.includes(algorithm)) {
    return wrong(digestUnprotected, `algorithm ${credentials.algorithm} was not offered`);
  }
  return credentials.qop === 'auth'
    ? undefined
    : wrong(digestUnprotected, `qop is ${credentials.qop ?? 'missing'}`);
}

/** RFC 7616 §3.3: stale says that only the nonce was wrong, so it is said only of right passwords. */
function weighNonce(
  key: HmacKey,
  realm: Realm,
  credentials: Credentials,
  algorithm: DigestAlgorithm,
  { user, trunk }: Party,
  now: number,
): Proof {
  const lifetime = realm.tenant!.auth.nonceLifetime * 1_000;
  const scope = { algorithm, realm: realm.name };
  const nonce = checkNonce(key, credentials.nonce, scope, lifetime, now);
  if (nonce.state === 'forged') return wrong(nonceForged, 'nonce was not issued here', true);
  if (nonce.state === 'stale') return wrong(nonceStale, `nonce is older than ${lifetime / 1_000} s`, true);
  const count = Number.parseInt(credentials.nc!, 16);
  const claim = { nonce: nonce.id, count, expiresAt: nonce.expiresAt };
  return user ? { user, claim } : { trunk, claim };
}
