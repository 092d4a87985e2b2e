import { outboundRoute, type Trunk } from '@tandem/resource';
import { escapeUser, hostInUri, hostOf, wireText, withoutUser } from '@tandem/sip';

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
    aor: `sip:${escapeUser(wireText(user))}@${hostInUri(domain)}`,
    contactUser: escapeUser(wireText(registration.contactUser ?? user)),
    route: outboundRoute({ endpoint }),
  };
}
