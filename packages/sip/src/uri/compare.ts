import { unescapeText } from './escape.ts';
import type { SipUri } from './sip-uri.ts';
import type { TelUri } from './tel-uri.ts';
import { parseUri } from './uri.ts';
import type { UriParams } from './uri-params.ts';

/** Parameters that differ even when one side lacks them (RFC 3261 §19.1.4). */
const decisive = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Whether two URIs are equivalent by RFC 3261 §19.1.4 or RFC 3966 §4; broken URIs equal nothing. */
export function sameUri(left: string, right: string): boolean {
  const a = parseUri(left);
  const b = parseUri(right);
  if (!a || !b) return false;
  if (a.scheme === 'tel' || b.scheme === 'tel') return sameTel(a, b);
  return sameSip(a, b);
}

function sameSip(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    a.user === b.user &&
    a.password === b.password &&
    a.host === b.host &&
    a.port === b.port &&
    sameParams(a.params, b.params) &&
    sameHeaders(a.headers, b.headers)
  );
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
  if (headers === '') return [];
  return headers.split('&').map(normaliseHeader).sort();
}

function normaliseHeader(header: string): string {
  const equals = header.indexOf('=');
  const name = header.slice(0, Math.max(equals, 0)).toLowerCase();
  return `${name}=${unescapeText(header.slice(equals + 1)) ?? header}`;
}

function sameTel(a: SipUri | TelUri, b: SipUri | TelUri): boolean {
  if (a.scheme !== 'tel' || b.scheme !== 'tel') return false;
  if (a.number.toLowerCase() !== b.number.toLowerCase() || a.params.size !== b.params.size) return false;
  return [...a.params].every(([name, value]) => b.params.get(name)?.toLowerCase() === value.toLowerCase());
}
