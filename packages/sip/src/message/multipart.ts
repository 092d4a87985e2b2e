import { type Params, parseParams } from '../header/params.ts';

/** Parts of one body. */
const maxParts = 16;
/** RFC 2046 §5.1.1 */
const maxBoundary = 70;

/** A value of Content-Type. */
export interface MediaType {
  /** Type and subtype in lower case, such as `application/sdp`. */
  readonly name: string;
  readonly params: Params;
}

/** One part of a body of several (RFC 2046 §5.1). */
export interface BodyPart {
  readonly type: MediaType;
  /** Its own headers by lower-case name; the first of each name counts. */
  readonly headers: ReadonlyMap<string, string>;
  /** Where its content stands in the body. */
  readonly from: number;
  readonly to: number;
}

/** Reads a value of Content-Type; undefined when its grammar is broken. */
export function parseMediaType(value: string): MediaType | undefined {
  const end = value.indexOf(';');
  const name = (end === -1 ? value : value.slice(0, end)).trim().toLowerCase();
  const params = end === -1 ? new Map() : parseParams(value, end);
  return params && /^[\w.+!#$&^-]+\/[\w.+!#$&^-]+$/.test(name) ? { name, params } : undefined;
}

/** The parts of a body; undefined when it is not one of several parts, is broken, or has too many. */
export function readParts(type: MediaType, body: string): readonly BodyPart[] | undefined {
  const boundary = type.params.get('boundary') ?? '';
  const isWhole = type.name.startsWith('multipart/') && boundary !== '' && boundary.length <= maxBoundary;
  return isWhole ? partsBetween(body, `--${boundary}`) : undefined;
}

function partsBetween(body: string, delimiter: string): readonly BodyPart[] | undefined {
  const parts: BodyPart[] = [];
  let at = delimiterAt(body, delimiter, 0);
  while (at !== -1) {
    const lineEnd = body.indexOf('\r\n', at);
    if (body.startsWith('--', at + delimiter.length)) return parts;
    const next = lineEnd === -1 ? -1 : delimiterAt(body, delimiter, lineEnd);
    if (next === -1 || parts.length === maxParts) return undefined;
    const part = readPart(body, lineEnd + 2, next - 2);
    if (!part) return undefined;
    parts.push(part);
    at = next;
  }
  return undefined;
}

/** The delimiter at the beginning of a line; -1 when there is none. */
function delimiterAt(body: string, delimiter: string, from: number): number {
  if (from === 0 && body.startsWith(delimiter)) return 0;
  const found = body.indexOf(`\r\n${delimiter}`, from);
  return found === -1 ? -1 : found + 2;
}

function readPart(body: string, from: number, to: number): BodyPart | undefined {
  // A part may have no header at all: then its content follows an empty line.
  const start = body.startsWith('\r\n', from) ? from - 2 : body.indexOf('\r\n\r\n', from);
  if (start === -1 || start + 4 > to + 2) return undefined;
  const headers = readHeaders(body.slice(from, Math.max(start, from)));
  // RFC 2046 §5.2: what says nothing of itself is text.
  const type = parseMediaType(headers.get('content-type') ?? 'text/plain');
  return type && { type, headers, from: start + 4, to: Math.max(to, start + 4) };
}

function readHeaders(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.replace(/\r\n[ \t]/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name !== '' && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}
