import { digits, isHeaderText, isHostText, isUserText } from '../message/characters.ts';
import { unescapeText } from './escape.ts';
import { parseUriParams, type UriParams } from './uri-params.ts';

/** A SIP or SIPS URI (RFC 3261 §19.1). */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Unescaped, case kept; absent when there is no user part. */
  readonly user?: string;
  readonly password?: string;
  /** Lower case; brackets of IPv6 included. */
  readonly host: string;
  readonly port?: number;
  readonly params: UriParams;
  /** The headers as written, without `?`; empty when there are none. */
  readonly headers: string;
}

/** Reads what follows `sip:` or `sips:`; undefined when its grammar is broken. */
export function parseSipUri(scheme: 'sip' | 'sips', text: string): SipUri | undefined {
  const at = text.indexOf('@');
  const userinfo = at === -1 ? {} : parseUserinfo(text.slice(0, at));
  if (!userinfo) return undefined;
  const rest = text.slice(at + 1);
  const question = rest.indexOf('?');
  const headers = question === -1 ? '' : rest.slice(question + 1);
  const address = question === -1 ? rest : rest.slice(0, question);
  const semicolon = address.indexOf(';');
  const hostPort = parseHostPort(semicolon === -1 ? address : address.slice(0, semicolon));
  const params = parseUriParams(semicolon === -1 ? '' : address.slice(semicolon + 1));
  if (!hostPort || !params || !isHeaderText(headers)) return undefined;
  return { scheme, ...userinfo, ...hostPort, params, headers };
}

function parseUserinfo(text: string): { user: string; password?: string } | undefined {
  const colon = text.indexOf(':');
  const rawUser = colon === -1 ? text : text.slice(0, colon);
  const user = unescapeText(rawUser);
  if (!user || !isUserText(rawUser)) return undefined;
  if (colon === -1) return { user };
  const password = text.slice(colon + 1);
  return isUserText(password) ? { user, password } : undefined;
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const afterHost = text.charCodeAt(0) === 91 ? text.indexOf(']') + 1 : text.indexOf(':');
  const host = afterHost <= 0 ? text : text.slice(0, afterHost);
  if (!isHostText(host) || (text.charCodeAt(0) === 91) !== host.endsWith(']')) return undefined;
  if (host.length === text.length) return { host: host.toLowerCase() };
  const port = text.charCodeAt(host.length) === 58 ? digits(text.slice(host.length + 1), 65_535) : undefined;
  return port === undefined ? undefined : { host: host.toLowerCase(), port };
}
