import { limits } from '../limits.ts';
import { isSpace, tokenEnd } from '../message/characters.ts';

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
    const nameEnd = tokenEnd(text, nameStart);
    const afterName = skipSpace(text, nameEnd);
    const valueStart = text.charCodeAt(afterName) === 61 ? skipSpace(text, afterName + 1) : -1;
    const valueEnd = valueStart === -1 ? nameEnd : findValueEnd(text, valueStart);
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    if (name === '' || valueEnd === valueStart || params.has(name) || params.size === limits.parameters) {
      return undefined;
    }
    params.set(name, valueStart === -1 ? '' : readValue(text, valueStart, valueEnd));
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

/** The index after a value; `start` itself when no value stands there. */
function findValueEnd(text: string, start: number): number {
  if (text.charCodeAt(start) === 34) return Math.max(quotedEnd(text, start), start);
  let at = start;
  while (at < text.length && isValueCode(text.charCodeAt(at))) at++;
  return at;
}

function readValue(text: string, start: number, end: number): string {
  const value = text.slice(start, end);
  return value.charCodeAt(0) === 34 ? unquote(value) : value;
}

/** Lenient: besides tokens and hosts anything visible that delimits nothing, as branches and tags in the field have. */
function isValueCode(code: number): boolean {
  if (code <= 32 || code >= 127) return false;
  // " , ; < > @ \
  return (
    code !== 34 && code !== 44 && code !== 59 && code !== 60 && code !== 62 && code !== 64 && code !== 92
  );
}
