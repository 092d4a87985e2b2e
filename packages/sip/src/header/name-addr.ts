import { isUriText, trimSpaceEnd } from '../message/characters.ts';
import { type Params, parseParams, quotedEnd, skipSpace, unquote } from './params.ts';

/** A value of From, To, Contact, Route, Record-Route, Path and their like (RFC 3261 §20.10). */
export interface NameAddr {
  /** The display name without quotes, as bytes in latin1. */
  readonly display?: string;
  /** The URI as written, without angle brackets. */
  readonly uri: string;
  /** Parameters of the header, not those of the URI. */
  readonly params: Params;
}

/** Reads one value; undefined when its grammar is broken. */
export function parseNameAddr(text: string): NameAddr | undefined {
  const start = skipSpace(text, 0);
  if (text.charCodeAt(start) === 34) return parseQuotedName(text, start);
  const bracket = text.indexOf('<', start);
  if (bracket === -1) return parseAddrSpec(text, start);
  const display = trimSpaceEnd(text.slice(start, bracket));
  return isDisplayText(display) ? parseBracketed(text, bracket, display) : undefined;
}

function parseQuotedName(text: string, start: number): NameAddr | undefined {
  const end = quotedEnd(text, start);
  if (end === -1) return undefined;
  const bracket = skipSpace(text, end);
  if (text.charCodeAt(bracket) !== 60) return undefined;
  return parseBracketed(text, bracket, unquote(text.slice(start, end)));
}

function parseBracketed(text: string, bracket: number, display: string): NameAddr | undefined {
  const close = text.indexOf('>', bracket);
  if (close === -1) return undefined;
  const uri = text.slice(bracket + 1, close);
  const params = isAbsolute(uri) ? parseParams(text, close + 1) : undefined;
  if (!params) return undefined;
  return display === '' ? { uri, params } : { display, uri, params };
}

/** Without brackets every parameter belongs to the header, and the URI may hold no `?` or comma (§20.10). */
function parseAddrSpec(text: string, start: number): NameAddr | undefined {
  const semicolon = text.indexOf(';', start);
  const end = semicolon === -1 ? text.length : semicolon;
  const uri = trimSpaceEnd(text.slice(start, end));
  if (!isAbsolute(uri) || uri.includes('?') || uri.includes(',')) return undefined;
  const params = parseParams(text, end);
  return params && { uri, params };
}

function isAbsolute(uri: string): boolean {
  return uri.indexOf(':') > 0 && isUriText(uri);
}

/** Lenient: any words without what delimits a URI, a parameter or another value; the grammar has tokens only. */
function isDisplayText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // " , : ; > @ \
    if (code === 34 || code === 44 || code === 58 || code === 59 || code === 62) return false;
    if (code === 64 || code === 92 || code === 127 || (code < 32 && code !== 9)) return false;
  }
  return true;
}
