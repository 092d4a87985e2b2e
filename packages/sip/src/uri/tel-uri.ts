import { parseUriParams, type UriParams } from './uri-params.ts';

/** A telephone number as a URI (RFC 3966). */
export interface TelUri {
  readonly scheme: 'tel';
  /** Without visual separators; begins with `+` when it is global. */
  readonly number: string;
  readonly params: UriParams;
}

/** Reads what follows `tel:`; undefined when its grammar is broken. A local number without context is let through. */
export function parseTelUri(text: string): TelUri | undefined {
  const semicolon = text.indexOf(';');
  const end = semicolon === -1 ? text.length : semicolon;
  const number = stripSeparators(text.slice(0, end));
  const params = parseUriParams(text.slice(end));
  if (!params || !isNumber(number)) return undefined;
  return { scheme: 'tel', number, params };
}

/** RFC 3966 §5.1.1: separators carry no meaning. */
export function stripSeparators(text: string): string {
  return text.replace(/[-.()]/g, '');
}

function isNumber(number: string): boolean {
  return /^(\+[0-9]+|[0-9A-Fa-f*#]+)$/.test(number);
}
