import { limits } from '../limits.ts';
import { parseSipUri, type SipUri } from './sip-uri.ts';
import { parseTelUri, type TelUri } from './tel-uri.ts';

/** A URI whose scheme is known. */
export type Uri = SipUri | TelUri;

/** The scheme in lower case, of any URI; undefined when there is none. */
export function schemeOf(text: string): string | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  return /^[a-z][a-z0-9+.-]*$/.test(scheme) ? scheme : undefined;
}

/** Reads a SIP, SIPS or tel URI; undefined for another scheme or broken grammar. */
export function parseUri(text: string): Uri | undefined {
  if (text.length > limits.uriOctets) return undefined;
  const scheme = schemeOf(text);
  const rest = text.slice((scheme?.length ?? 0) + 1);
  if (scheme === 'sip' || scheme === 'sips') return parseSipUri(scheme, rest);
  return scheme === 'tel' ? parseTelUri(rest) : undefined;
}
