import { parseCredentials } from './credentials.ts';
import { looksIssued } from './nonce.ts';

/**
 * The first credentials that are for another proxy, which have to go on (RFC 3261 §22.3); undefined when there are none.
 * What answers a nonce as `issueNonce` makes them, or is for one of our `realms`, stays here: whoever is called could guess
 * the password from it.
 */
export function foreignCredentials(values: readonly string[], realms: readonly string[]): string | undefined {
  return values.find((value) => {
    const credentials = parseCredentials(value);
    if (!credentials || looksIssued(credentials.nonce)) return false;
    return !realms.some((realm) => realm.toLowerCase() === credentials.realm.toLowerCase());
  });
}
