import { limits } from '../limits.ts';
import { isParameterText } from '../message/characters.ts';
import { unescapeText } from './escape.ts';

/** URI parameters by lower-case unescaped name; the value of one without `=` is empty. */
export type UriParams = ReadonlyMap<string, string>;

const none: UriParams = new Map();

/** Reads `name=value;flag` without the leading semicolon (RFC 3261 §19.1.1); undefined when it is broken. */
export function parseUriParams(text: string): UriParams | undefined {
  if (text === '') return none;
  const params = new Map<string, string>();
  for (const part of text.split(';', limits.parameters + 1)) {
    const equals = part.indexOf('=');
    const name = unescapeText(equals === -1 ? part : part.slice(0, equals))?.toLowerCase();
    const value = equals === -1 ? '' : unescapeText(part.slice(equals + 1));
    if (!name || value === undefined || !isParameterText(part.replace('=', '')) || params.has(name)) {
      return undefined;
    }
    params.set(name, value);
  }
  return params.size > limits.parameters ? undefined : params;
}
