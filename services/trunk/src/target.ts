import type { Trunk } from '@tandem/resource';
import { escapeUser, hostOf, parseUri } from '@tandem/sip';

/** Who we are at a trunk, and where it is. */
export interface RegistrationTarget {
  /** Request-URI of a REGISTER (RFC 3261 §10.2: without a user). */
  readonly registrar: string;
  /** The address of record. */
  readonly aor: string;
  /** The user part of our Contact, escaped. */
  readonly contactUser: string;
  /** Values of Route. */
  readonly route: readonly string[];
}

/** Undefined when the trunk wants no registration. */
export function registrationTarget({
  auth,
  contacts,
  enabled,
  endpoint,
  registration,
}: Trunk): RegistrationTarget | undefined {
  if (!enabled || !registration?.enabled) return undefined;
  const server = registration.server ?? contacts[0]!;
  const user = registration.user ?? auth!.username;
  const domain = registration.domain ?? hostOf(server)!;
  return {
    registrar: withoutUser(server),
    aor: `sip:${escapeUser(wire(user))}@${uriHost(domain)}`,
    contactUser: escapeUser(wire(registration.contactUser ?? user)),
    route: routeOf(endpoint.outboundProxy),
  };
}

export function routeOf(outboundProxy: string | undefined): readonly string[] {
  return outboundProxy === undefined ? [] : [`<${outboundProxy}>`];
}

function withoutUser(uri: string): string {
  const parsed = parseUri(uri);
  if (!parsed || parsed.scheme === 'tel' || parsed.user === undefined) return uri;
  const at = uri.indexOf('@');
  return `${uri.slice(0, uri.indexOf(':'))}:${uri.slice(at + 1)}`;
}

function uriHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** UTF-8 as it goes over the wire. */
function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
