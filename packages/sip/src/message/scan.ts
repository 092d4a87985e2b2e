import { Fault } from '../fault.ts';
import { malformedMessage, messageTooLarge } from '../faults.ts';
import { limits } from '../limits.ts';
import { isBlank, isSpace, isToken } from './characters.ts';
import { identifyHeader } from './header-name.ts';

/** The columns of the offset table: each header line takes `count` numbers. */
export const columns = {
  id: 0,
  lineStart: 1,
  nameEnd: 2,
  valueStart: 3,
  valueEnd: 4,
  lineEnd: 5,
  count: 6,
} as const;

/** Where things are in a message. */
export interface Scan {
  /** Where the start line begins, after any empty lines (RFC 3261 §7.5). */
  readonly start: number;
  /** Where the start line ends, before its CRLF. */
  readonly startLineEnd: number;
  /** Offsets of header lines, see `columns`. */
  readonly table: readonly number[];
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** The first thing that is wrong with the lines themselves. */
  readonly flaw?: Fault;
}

/** Finds all lines of a message in one pass. A Fault when it has no start line or never ends. */
export function scanMessage(text: string): Scan | Fault {
  if (text.length > limits.messageOctets) return tooLarge(text.length);
  let start = 0;
  while (text.charCodeAt(start) === 13 && text.charCodeAt(start + 1) === 10) start += 2;
  const startLineEnd = lineEnd(text, start);
  if (startLineEnd === -1 || startLineEnd === start) return malformed('no start line');
  const table: number[] = [];
  let flaw: Fault | undefined;
  let at = startLineEnd + 2;
  while (at < text.length && text.charCodeAt(at) !== 13) {
    const end = foldedLineEnd(text, at);
    if (end === -1) return malformed('the last header line has no CRLF');
    flaw ??= readLine(text, at, end, table);
    at = end + 2;
  }
  if (text.charCodeAt(at) !== 13 || text.charCodeAt(at + 1) !== 10)
    return malformed('no empty line after the headers');
  const scan = { start, startLineEnd, table, bodyStart: at + 2, bodyEnd: text.length };
  return flaw ? { ...scan, flaw } : scan;
}

/** The position in the offset table of the first line of a header; -1 when there is none. */
export function findLine(scan: Scan, id: number): number {
  const { table } = scan;
  for (let at = 0; at < table.length; at += columns.count) {
    if (table[at] === id) return at;
  }
  return -1;
}

/** The value of a header line, unfolded (RFC 3261 §7.3.1: a fold is one space) and trimmed. */
export function lineValue(text: string, scan: Scan, line: number): string {
  const value = text.slice(scan.table[line + columns.valueStart], scan.table[line + columns.valueEnd]);
  return value.includes('\n') ? value.replace(/\r\n[ \t]+/g, ' ') : value;
}

/** The first value of a header; undefined when there is none. */
export function headerValue(text: string, scan: Scan, id: number): string | undefined {
  const line = findLine(scan, id);
  return line === -1 ? undefined : lineValue(text, scan, line);
}

export function tooLarge(octets: number): Fault {
  return new Fault(messageTooLarge, `${octets} octets, the cap is ${limits.messageOctets}`);
}

function malformed(detail: string): Fault {
  return new Fault(malformedMessage, detail);
}

/** The index of the CR of the next CRLF; -1 when there is none. */
function lineEnd(text: string, from: number): number {
  return text.indexOf('\r\n', from);
}

/** RFC 3261 §7.3.1: a line that begins with white space continues the one before. */
function foldedLineEnd(text: string, from: number): number {
  let end = lineEnd(text, from);
  while (end !== -1 && isBlank(text.charCodeAt(end + 2))) end = lineEnd(text, end + 2);
  return end;
}

/** A CR or LF that is no line end for us may be one for the next hop. */
function hasBareLineEnd(text: string, start: number, end: number): boolean {
  for (let at = start; at < end + 2; ) {
    const cr = text.indexOf('\r', at);
    if (text.indexOf('\n', at) !== cr + 1) return true;
    at = cr + 2;
  }
  return false;
}

function readLine(text: string, start: number, end: number, table: number[]): Fault | undefined {
  const number = table.length / columns.count + 2;
  if (number > limits.headerLines) return malformed(`more than ${limits.headerLines} header lines`);
  if (end - start > limits.headerOctets) return malformed(`header line ${number} has ${end - start} octets`);
  const colon = text.indexOf(':', start);
  if (colon === -1 || colon > end) return malformed(`header line ${number} has no colon`);
  let nameEnd = colon;
  while (nameEnd > start && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--;
  if (!isToken(text, start, nameEnd)) return malformed(`header line ${number} has no name`);
  let valueStart = colon + 1;
  let valueEnd = end;
  while (valueStart < end && isSpace(text.charCodeAt(valueStart))) valueStart++;
  while (valueEnd > valueStart && isSpace(text.charCodeAt(valueEnd - 1))) valueEnd--;
  if (hasBareLineEnd(text, start, end)) return malformed(`header line ${number} has a bare CR or LF`);
  const id = identifyHeader(text, start, nameEnd);
  table.push(id, start, nameEnd, valueStart, valueEnd, end + 2);
  return undefined;
}
