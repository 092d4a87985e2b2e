import { quotedEnd, skipSpace, unquote } from '../header/params.ts';
import { limits } from '../limits.ts';
import { isSpace, tokenEnd } from '../message/characters.ts';

/** Parameters of a challenge or of credentials by lower-case name, quotes and escapes taken off. */
export type AuthParams = ReadonlyMap<string, string>;

/**
 * Reads `Digest name=value, name="value"` (RFC 3261 §25.1). Undefined for another scheme, broken grammar,
 * a repeated name or too many parameters. Empty list elements are let through (RFC 7235 §7).
 */
export function parseDigestParams(text: string): AuthParams | undefined {
  if (text.length > limits.headerOctets) return undefined;
  const schemeStart = skipSpace(text, 0);
  const schemeEnd = schemeStart + 6;
  if (text.slice(schemeStart, schemeEnd).toLowerCase() !== 'digest') return undefined;
  if (!isSpace(text.charCodeAt(schemeEnd))) return undefined;
  return parseList(text, schemeEnd);
}

function parseList(text: string, start: number): AuthParams | undefined {
  const params = new Map<string, string>();
  for (let at = skipSpace(text, start); at < text.length; at = skipSpace(text, at)) {
    if (text.charCodeAt(at) === 44) {
      at++;
      continue;
    }
    const end = readParam(text, at, params);
    if (end === -1 || params.size > limits.parameters) return undefined;
    at = skipSpace(text, end);
    if (at < text.length && text.charCodeAt(at) !== 44) return undefined;
  }
  return params;
}

/** Enters the parameter that starts at `start`; returns the index after it, or -1 when it is broken. */
function readParam(text: string, start: number, params: Map<string, string>): number {
  const nameEnd = tokenEnd(text, start);
  const name = text.slice(start, nameEnd).toLowerCase();
  const equals = skipSpace(text, nameEnd);
  if (name === '' || text.charCodeAt(equals) !== 61 || params.has(name)) return -1;
  const valueStart = skipSpace(text, equals + 1);
  const quoted = text.charCodeAt(valueStart) === 34;
  const end = quoted ? quotedEnd(text, valueStart) : tokenEnd(text, valueStart);
  if (end <= valueStart) return -1;
  const value = text.slice(valueStart, end);
  params.set(name, quoted ? unquote(value) : value);
  return end;
}

/** Writes a value as a quoted string. */
export function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
