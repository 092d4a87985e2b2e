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
  return text.charCodeAt(start) === 34 ? parseQuotedName(text, start) : parsePlain(text, start);
}

function parseQuotedName(text: string, start: number): NameAddr | undefined {
  const end = quotedEnd(text, start);
  if (end === -1) return undefined;
  const bracket = skipSpace(text, end);
  if (text.charCodeAt(bracket) !== 60) return undefined;
  return parseBracketed(text, bracket, unquote(text.slice(start, end)));
}

function parsePlain(text: string, start: number): NameAddr | undefined {
  const bracket = text.indexOf('<', start);
  if (bracket === -1) return parseAddrSpec(text, start);
  const display = text.slice(start, bracket).trim();
  return /[",;:@]/.test(display) ? undefined : parseBracketed(text, bracket, display);
}

function parseBracketed(text: string, bracket: number, display: string): NameAddr | undefined {
  const close = text.indexOf('>', bracket);
  if (close === -1) return undefined;
  const uri = text.slice(bracket + 1, close);
  const params = parseParams(text, close + 1);
  if (!params || !isUriText(uri)) return undefined;
  return display === '' ? { uri, params } : { display, uri, params };
}

/** Without brackets every parameter belongs to the header, and the URI may hold no `?` or comma (§20.10). */
function parseAddrSpec(text: string, start: number): NameAddr | undefined {
  const semicolon = text.indexOf(';', start);
  const end = semicolon === -1 ? text.length : semicolon;
  const uri = text.slice(start, end).trim();
  const params = parseParams(text, end);
  if (!params || !isUriText(uri) || /[?,]/.test(uri)) return undefined;
  return { uri, params };
}

function isUriText(uri: string): boolean {
  if (uri.indexOf(':') < 1) return false;
  for (let i = 0; i < uri.length; i++) {
    const code = uri.charCodeAt(i);
    if (code <= 32 || code === 34 || code === 60 || code >= 127) return false;
  }
  return true;
}
