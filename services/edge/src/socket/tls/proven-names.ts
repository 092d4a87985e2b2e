import type { X509Certificate } from 'node:crypto';
import { parseUri, splitList } from '@tandem/sip';

/**
 * The names of whom a certificate is for, in lower case (RFC 5922 §7.1): the hosts of its SIP URIs, or where it has none
 * its DNS names; and its IP addresses, which prove nothing but themselves. The common name is not looked at.
 */
export function provenNames({ subjectAltName }: X509Certificate): string[] {
  const entries = splitList(subjectAltName ?? '');
  const domains = entries.flatMap((entry) => sipDomain(valueIn(entry, 'URI:')) ?? []);
  const hosts = entries.flatMap((entry) => hostName(valueIn(entry, 'DNS:')) ?? []);
  const addresses = entries.flatMap((entry) => valueIn(entry, 'IP Address:')?.toLowerCase() ?? []);
  return [...new Set([...(domains.length > 0 ? domains : hosts), ...addresses])];
}

/** RFC 5922 §7.2: names are compared whole, and a wildcard matches nothing. */
export function proves(proven: readonly string[], name: string): boolean {
  return proven.includes(plainName(name));
}

/** In lower case, without brackets, and without the dot that ends an absolute name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}

/** Of a value that had to be quoted nothing is taken: no name needs it. */
function valueIn(entry: string, kind: string): string | undefined {
  return entry.startsWith(kind) && !entry.includes('"') ? entry.slice(kind.length) : undefined;
}

/** One with a user is for that user alone. */
function sipDomain(text: string | undefined): string | undefined {
  const uri = text === undefined ? undefined : parseUri(text);
  if (uri?.scheme !== 'sip' || uri.user !== undefined) return undefined;
  return plainName(uri.host);
}

function hostName(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9._-]+$/.test(text) ? plainName(text) : undefined;
}
