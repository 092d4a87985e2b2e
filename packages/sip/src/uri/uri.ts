import { limits } from '../limits.ts';
import { isUriText } from '../message/characters.ts';
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
  const scheme = text.slice(0, text.indexOf(':') + 1).toLowerCase();
  if (scheme === 'sip:') return parseSipUri('sip', text.slice(4));
  if (scheme === 'sips:') return parseSipUri('sips', text.slice(5));
  return scheme === 'tel:' ? parseTelUri(text.slice(4)) : undefined;
}

/** Whether a URI is to be reached securely on each hop (RFC 3261 §26.2.2). */
export function isSips(uri: string): boolean {
  return /^sips:/i.test(uri);
}

/** The host of a SIP or SIPS URI, in lower case; empty for what has none. */
export function hostOf(text: string): string {
  const uri = parseUri(text);
  return uri && uri.scheme !== 'tel' ? uri.host.toLowerCase() : '';
}

/** Whether a URI is right as far as that can be told: in full when its scheme is known. */
export function isWellFormedUri(text: string): boolean {
  if (parseUri(text) !== undefined) return true;
  const scheme = schemeOf(text);
  if (scheme === undefined || scheme === 'sip' || scheme === 'sips' || scheme === 'tel') return false;
  return text.length <= limits.uriOctets && isUriText(text);
}

/** A URI without its user: the place where it is. */
export function withoutUser(uri: string): string {
  const colon = uri.indexOf(':');
  return `${uri.slice(0, colon)}:${uri.slice(Math.max(colon, uri.indexOf('@', colon)) + 1)}`;
}

/** The same place with another user, which is escaped already. */
export function withUser(uri: string, user: string): string {
  const colon = uri.indexOf(':') + 1;
  return `${uri.slice(0, colon)}${user}@${withoutUser(uri).slice(colon)}`;
}
