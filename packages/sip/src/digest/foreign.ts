import { parseCredentials } from './credentials.ts';
import { looksIssued } from './nonce.ts';

/**
 * The first credentials that are for another proxy, which have to go on (RFC 3261 §22.3); undefined when there are none.
 * What is for us, or cannot be read, stays here.
 */
export function foreignCredentials(values: readonly string[], realms: readonly string[]): string | undefined {
  return values.find((value) => parseCredentials(value) && !areOwnCredentials(value, realms));
}

/**
 * Whether credentials are for us: they answer a nonce as `issueNonce` makes them, or are for one of our `realms`. Whoever is
 * called could guess the password from them.
 */
export function areOwnCredentials(value: string, realms: readonly string[]): boolean {
  const credentials = parseCredentials(value);
  if (!credentials) return false;
  const { nonce, realm } = credentials;
  return looksIssued(nonce) || realms.some((own) => own.toLowerCase() === realm.toLowerCase());
}
