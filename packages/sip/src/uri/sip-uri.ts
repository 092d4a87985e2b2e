import { isHeaderText, isPasswordText, isUserText } from '../message/characters.ts';
import { unescapeText } from './escape.ts';
import { parseHostPort } from './host-port.ts';
import { parseUriParams, type UriParams } from './uri-params.ts';

/** A SIP or SIPS URI (RFC 3261 §19.1). */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Unescaped, case kept; absent when there is no user part. */
  readonly user?: string;
  /** Unescaped, case kept. */
  readonly password?: string;
  /** Lower case; brackets of IPv6 included. */
  readonly host: string;
  readonly port?: number;
  readonly params: UriParams;
  /** The headers as written, without `?`; empty when there are none. */
  readonly headers: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads what follows `sip:` or `sips:`; undefined when its grammar is broken. */
export function parseSipUri(scheme: 'sip' | 'sips', text: string): SipUri | undefined {
  const at = text.indexOf('@');
  const question = text.indexOf('?', at + 1);
  const addressEnd = question === -1 ? text.length : question;
  const semicolon = text.indexOf(';', at + 1);
  const hostEnd = semicolon === -1 || semicolon > addressEnd ? addressEnd : semicolon;
  const hostPort = parseHostPort(text.slice(at + 1, hostEnd));
  const params = hostPort && parseUriParams(text.slice(hostEnd, addressEnd));
  const headers = text.slice(addressEnd + 1);
  if (!params || !isHeaders(headers)) return undefined;
  const uri: Mutable<SipUri> = { scheme, host: hostPort.host, params, headers };
  if (hostPort.port !== undefined) uri.port = hostPort.port;
  return at === -1 || readUserinfo(text.slice(0, at), uri) ? uri : undefined;
}

/** Enters user and password; false when they are broken. */
function readUserinfo(text: string, uri: Mutable<SipUri>): boolean {
  const colon = text.indexOf(':');
  const rawUser = colon === -1 ? text : text.slice(0, colon);
  const user = isUserText(rawUser) ? unescapeText(rawUser) : undefined;
  if (!user) return false;
  uri.user = user;
  if (colon === -1) return true;
  const rawPassword = text.slice(colon + 1);
  const password = isPasswordText(rawPassword) ? unescapeText(rawPassword) : undefined;
  if (password === undefined) return false;
  uri.password = password;
  return true;
}

/** `name=value&name=value` (RFC 3261 §19.1.1), or nothing. */
function isHeaders(text: string): boolean {
  return text === '' || (isHeaderText(text) && unescapeText(text) !== undefined);
}
