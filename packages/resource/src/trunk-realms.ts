import { hostOf, wireText } from '@tandem/sip';
import type { Trunk } from './snapshot.ts';

/** The realms whose challenges are answered with the credentials of a trunk, as they are on the wire. */
export function trunkRealms({ auth, contacts, endpoint, registration }: Trunk): readonly string[] {
  if (auth?.realm !== undefined) return [wireText(auth.realm)];
  const uris = [...contacts, registration?.server, endpoint.outboundProxy];
  const hosts = uris.flatMap((uri) => (uri === undefined ? [] : [hostOf(uri)]));
  const named = [...hosts, registration?.domain, endpoint.fromDomain];
  return [...new Set(named.filter((host) => host !== undefined))];
}
