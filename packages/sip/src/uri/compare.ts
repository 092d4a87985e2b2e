import { normaliseEscapes } from './escape.ts';
import type { SipUri } from './sip-uri.ts';
import { stripSeparators, type TelUri } from './tel-uri.ts';
import { parseUri } from './uri.ts';
import type { UriParams } from './uri-params.ts';

/** Parameters that differ even when one side lacks them (RFC 3261 §19.1.4). */
const decisive = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Whether two URIs are equivalent by RFC 3261 §19.1.4 or RFC 3966 §4; broken URIs equal nothing. */
export function sameUri(left: string, right: string): boolean {
  const a = parseUri(left);
  const b = parseUri(right);
  if (!a || !b) return false;
  if (a.scheme === 'tel' || b.scheme === 'tel') {
    return a.scheme === 'tel' && b.scheme === 'tel' && sameTel(a, b);
  }
  return sameSip(a, b) && userinfo(left) === userinfo(right);
}

function sameSip(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    sameHost(a.host, b.host) &&
    a.port === b.port &&
    sameParams(a.params, b.params) &&
    sameHeaders(a.headers, b.headers)
  );
}

/** User and password: case counts, and a reserved character is not its escape. */
function userinfo(uri: string): string | undefined {
  return normaliseEscapes(uri.slice(uri.indexOf(':') + 1, uri.indexOf('@') + 1));
}

/** RFC 5954 §4.2: IPv6 addresses are compared as numbers, however they are written. */
function sameHost(a: string, b: string): boolean {
  if (a === b) return true;
  return a.startsWith('[') && b.startsWith('[') && address6(a) === address6(b);
}

function address6(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? host;
}

function sameParams(a: UriParams, b: UriParams): boolean {
  for (const name of decisive) {
    if (a.has(name) !== b.has(name)) return false;
  }
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other !== undefined && other.toLowerCase() !== value.toLowerCase()) return false;
  }
  return true;
}

/** Headers are never ignored and their order means nothing. */
function sameHeaders(a: string, b: string): boolean {
  const left = headerSet(a);
  const right = headerSet(b);
  return left.length === right.length && left.every((entry, i) => entry === right[i]);
}

function headerSet(headers: string): string[] {
  return headers === '' ? [] : headers.split('&').map(normaliseHeader).sort();
}

function normaliseHeader(header: string): string {
  const nameEnd = Math.max(header.indexOf('='), 0);
  return normaliseEscapes(header.slice(0, nameEnd).toLowerCase() + header.slice(nameEnd)) ?? header;
}

function sameTel(a: TelUri, b: TelUri): boolean {
  if (a.number.toLowerCase() !== b.number.toLowerCase() || a.params.size !== b.params.size) return false;
  return [...a.params].every(([name, value]) => {
    const other = b.params.get(name);
    return other !== undefined && telValue(name, other) === telValue(name, value);
  });
}

/** RFC 3966 §4: in an extension, and in a context that is a number, separators carry no meaning. */
function telValue(name: string, value: string): string {
  const isNumber = name === 'ext' || (name === 'phone-context' && value.startsWith('+'));
  return (isNumber ? stripSeparators(value) : value).toLowerCase();
}
