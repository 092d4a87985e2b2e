import { areOwnCredentials, foreignCredentials, hostOf, type SipRequest } from '@tandem/sip';

/** Headers of a request as they go on: undefined leaves one behind. */
type Edits = readonly (readonly [name: string, value: string | undefined])[];

/**
 * Credentials for us go no further (RFC 3261 §22.3), whoever has asked for them: a callee that asks in our name could guess
 * a password from what it gets. Those for a proxy or a callee beyond go on.
 */
export function withheldCredentials(
  request: SipRequest,
  header: 'Authorization' | 'Proxy-Authorization',
): Edits {
  const values = request.values(header);
  if (values.length === 0) return [];
  const hosts = [hostOf(request.from.uri), hostOf(request.to.uri)];
  // Those for a proxy are for us unless they say otherwise; the others are for the callee unless they say otherwise.
  const hasOwn = header === 'Proxy-Authorization' || values.some((value) => areOwnCredentials(value, hosts));
  return hasOwn ? [[header, foreignCredentials(values, hosts)]] : [];
}
