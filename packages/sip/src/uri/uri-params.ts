import { limits } from '../limits.ts';
import { isParameterText } from '../message/characters.ts';
import { unescapeText } from './escape.ts';

/** URI parameters by lower-case unescaped name; the value of one without `=` is empty. */
export type UriParams = ReadonlyMap<string, string>;

const none: UriParams = new Map();

/** Reads `;name=value;flag`, or nothing (RFC 3261 §19.1.1); undefined when it is broken. */
export function parseUriParams(text: string): UriParams | undefined {
  if (text === '') return none;
  const params = new Map<string, string>();
  // Nothing stands before the first semicolon.
  for (let at = 1; at <= text.length; ) {
    const semicolon = text.indexOf(';', at);
    const end = semicolon === -1 ? text.length : semicolon;
    if (params.size === limits.parameters || !readParam(text.slice(at, end), params)) return undefined;
    at = end + 1;
  }
  return params;
}

/** Enters `name=value` or `name`; false when it is broken or repeated. */
function readParam(part: string, params: Map<string, string>): boolean {
  const equals = part.indexOf('=');
  const name = readText(equals === -1 ? part : part.slice(0, equals))?.toLowerCase();
  const value = equals === -1 ? '' : readText(part.slice(equals + 1));
  if (name === undefined || value === undefined || params.has(name)) return false;
  params.set(name, value);
  return true;
}

/** A name or a value has at least one character. */
function readText(text: string): string | undefined {
  return text !== '' && isParameterText(text) ? unescapeText(text) : undefined;
}
