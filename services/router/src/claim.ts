import type { router } from '@tandem/contract';
import { canonicalHost, type Snapshot, type User } from '@tandem/resource';
import { malformedHeader, malformedUri, parseNameAddr, parseUri, type SipUri, type Uri } from '@tandem/sip';
import { type Domain, describeUnserved, isOwnHost, servedDomain } from './domain.ts';
import { domainForeign } from './faults.ts';
import type { Realm } from './proof.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Who a request says it comes from, and in which realm that has to be proven. */
export interface Claim {
  readonly realm: Realm;
  /** To of a REGISTER, From of anything else. */
  readonly uri: Uri;
  /** Whether a proven user may call itself that. */
  readonly allows: (user: User) => boolean;
}

/** The claim of a request; a Refusal when nobody could prove it here. */
export function readClaim(snapshot: Snapshot, request: router.Request): Claim | Refusal {
  return request.method === 'REGISTER'
    ? registrationClaim(snapshot, request)
    : callerClaim(snapshot, request);
}

/** The user part up to its parameters (RFC 3261 §19.1.6): names hold no semicolon. */
export function nameIn(uri: SipUri): string | undefined {
  return uri.user?.split(';', 1)[0];
}

function readParty(header: string, value: string): Uri | Refusal {
  const uri = parseUri(parseNameAddr(value)?.uri ?? '');
  return uri ?? refusal(malformedHeader, 'identity', `${header} is ${JSON.stringify(value)}`);
}

/** RFC 3261 §10.3: To names the address of record, the Request-URI the domain of the registrar. */
function registrationClaim(snapshot: Snapshot, request: router.Request): Claim | Refusal {
  const uri = readParty('To', request.to);
  const registrar = parseUri(request.requestUri);
  if ('kind' in uri) return uri;
  if (uri.scheme === 'tel') return refusal(malformedHeader, 'identity', `To is ${request.to}, not a SIP URI`);
  if (!registrar || registrar.scheme === 'tel') {
    return refusal(malformedUri, 'domain', `Request-URI is ${JSON.stringify(request.requestUri)}`);
  }
  const domain = servedDomain(snapshot, uri.host, request.ownHosts);
  const realm = registrationRealm(snapshot, request.ownHosts, uri, registrar, domain);
  const allows = (user: User) => snapshot.user(user.tenant.name, nameIn(uri) ?? '') === user;
  return { realm, uri, allows };
}

function registrationRealm(
  snapshot: Snapshot,
  ownHosts: readonly string[],
  aor: SipUri,
  registrar: SipUri,
  domain: Domain | undefined,
): Realm {
  if (!domain) {
    const finding = describeUnserved(snapshot, aor.host, ownHosts);
    return { name: canonicalHost(aor.host), tenant: undefined, finding };
  }
  const { tenant, realm } = domain;
  const isRegistrar =
    isOwnHost(registrar.host, ownHosts) ||
    servedDomain(snapshot, registrar.host, ownHosts)?.tenant === tenant;
  if (isRegistrar) return { name: realm, tenant, finding: `${aor.host} belongs to tenant ${tenant.name}` };
  const finding = `To is in ${aor.host}, but the Request-URI in ${registrar.host}`;
  return { name: realm, tenant: undefined, finding };
}

/** From selects the realm. A caller from elsewhere is asked in the realm of whom it calls. */
function callerClaim(snapshot: Snapshot, request: router.Request): Claim | Refusal {
  const uri = readParty('From', request.from);
  if ('kind' in uri) return uri;
  const { ownHosts } = request;
  const domain = domainOf(snapshot, uri, ownHosts);
  const asked = domain ?? domainOf(snapshot, parseUri(request.requestUri), ownHosts);
  if (!asked) return stranger(request, foreignBoth(snapshot, uri, ownHosts));
  const where = domain ? 'From' : 'From is elsewhere, Request-URI';
  const finding = `${where} belongs to tenant ${asked.tenant.name}`;
  const realm = { name: asked.realm, tenant: asked.tenant, finding };
  return { realm, uri, allows: (user) => mayShow(user, uri, domain, snapshot) };
}

/** Nobody whose proof is known: neither a user of a tenant nor a source of a trunk. */
function stranger({ flow }: router.Request, detail: string): Refusal {
  const name = flow?.host ?? '';
  return refusal(domainForeign, 'domain', detail, { kind: 'Peer', name, field: 'identify', layer: 'auth' });
}

function domainOf(snapshot: Snapshot, uri: Uri | undefined, ownHosts: readonly string[]): Domain | undefined {
  return uri && uri.scheme !== 'tel' ? servedDomain(snapshot, uri.host, ownHosts) : undefined;
}

function foreignBoth(snapshot: Snapshot, from: Uri, ownHosts: readonly string[]): string {
  const caller = from.scheme === 'tel' ? from.number : from.host;
  return `neither caller nor callee is of a tenant: ${describeUnserved(snapshot, caller, ownHosts)}`;
}

function mayShow(user: User, uri: Uri, domain: Domain | undefined, snapshot: Snapshot): boolean {
  if (uri.scheme === 'tel') return isOwnName(snapshot, user, uri.number);
  // RFC 3323 §4.1.1.3: this host claims to be nobody.
  if (uri.host === 'anonymous.invalid') return true;
  const name = nameIn(uri);
  return domain?.tenant === user.tenant && name !== undefined && isOwnName(snapshot, user, name);
}

function isOwnName(snapshot: Snapshot, user: User, name: string): boolean {
  return (
    name === user.callerId || user.callerIds.includes(name) || snapshot.user(user.tenant.name, name) === user
  );
}
