import { limits } from '../limits.ts';
import { isSpace, isToken } from '../message/characters.ts';

/** Parameters by lower-case name; the value of one without `=` is empty, quotes are taken off. */
export type Params = ReadonlyMap<string, string>;

const none: Params = new Map();

/**
 * Reads `;name=value;flag` from `start` to the end of the text (RFC 3261 §25.1, generic-param).
 * Undefined when the grammar is broken, a name repeats or there are too many.
 */
export function parseParams(text: string, start: number): Params | undefined {
  let at = skipSpace(text, start);
  if (at === text.length) return none;
  const params = new Map<string, string>();
  while (at < text.length) {
    if (text.charCodeAt(at) !== 59) return undefined;
    const nameStart = skipSpace(text, at + 1);
    const nameEnd = findNameEnd(text, nameStart);
    const afterName = skipSpace(text, nameEnd);
    const valueEnd = text.charCodeAt(afterName) === 61 ? findValueEnd(text, afterName + 1) : afterName;
    const value = valueEnd === afterName ? '' : readValue(text, afterName + 1, valueEnd);
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    if (value === undefined || !isToken(name) || params.has(name) || params.size === limits.parameters) {
      return undefined;
    }
    params.set(name, value);
    at = skipSpace(text, valueEnd);
  }
  return params;
}

export function skipSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The index after the quote that closes the string which opens at `start`; -1 when none does. */
export function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at + 1;
  }
  return -1;
}

/** The content of a quoted string without its quotes and escapes. */
export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}

function findNameEnd(text: string, at: number): number {
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 61 || code === 59 || isSpace(code)) break;
    at++;
  }
  return at;
}

function findValueEnd(text: string, at: number): number {
  at = skipSpace(text, at);
  if (text.charCodeAt(at) === 34) {
    const end = quotedEnd(text, at);
    return end === -1 ? text.length : end;
  }
  while (at < text.length && text.charCodeAt(at) !== 59) at++;
  return at;
}

function readValue(text: string, start: number, end: number): string | undefined {
  const value = text.slice(start, end).trim();
  if (value.charCodeAt(0) === 34) return quotedEnd(value, 0) === value.length ? unquote(value) : undefined;
  return isValueText(value) ? value : undefined;
}

/** A token, or a host: brackets and colons of IPv6 literals are let through. */
function isValueText(value: string): boolean {
  if (value.length === 0) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code <= 32 || code === 34 || code === 44 || code === 60 || code === 62 || code === 127) return false;
  }
  return true;
}
