import { Fault } from '../fault.ts';
import { malformedMessage, messageTooLarge } from '../faults.ts';
import { limits } from '../limits.ts';
import { isBlank, isSpace, tokenEnd } from './characters.ts';
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
  /** Offsets of the header lines that can be read, see `columns`. */
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
  if (startLineEnd <= start) return malformed('no start line');
  const table: number[] = [];
  const hasNul = text.includes('\0', start);
  let flaw = lineFlaw(text, start, startLineEnd, hasNul);
  let lines = 0;
  let at = startLineEnd + 2;
  while (at < text.length && text.charCodeAt(at) !== 13) {
    const end = foldedLineEnd(text, at);
    if (end === -1) return malformed('the last header line has no CRLF');
    // The other lines are read all the same: an answer to the request needs its Via, From and To.
    const wrong = ++lines > limits.headerLines ? 'is one too many' : readLine(text, at, end, hasNul, table);
    if (wrong !== undefined) flaw ??= `header line ${lines} ${wrong}`;
    at = end + 2;
  }
  if (text.charCodeAt(at) !== 13 || text.charCodeAt(at + 1) !== 10)
    return malformed('no empty line after the headers');
  const scan = { start, startLineEnd, table, bodyStart: at + 2, bodyEnd: text.length };
  return flaw === undefined ? scan : { ...scan, flaw: malformed(flaw) };
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

export function malformed(detail: string): Fault {
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

function lineFlaw(text: string, start: number, end: number, hasNul: boolean): string | undefined {
  // A CR or LF that is no line end for us may be one for the next hop.
  for (let at = start; at < end + 2; ) {
    const cr = text.indexOf('\r', at);
    if (text.indexOf('\n', at) !== cr + 1) return 'has a bare CR or LF';
    at = cr + 2;
  }
  return hasNul && hasBareNul(text, start, end) ? 'has a NUL' : undefined;
}

/** A NUL may end a string for the next hop; only an escape in a quoted string may hold one (RFC 3261 §25.1). */
function hasBareNul(text: string, start: number, end: number): boolean {
  let at = text.indexOf('\0', start);
  while (at !== -1 && at < end && text.charCodeAt(at - 1) === 92) at = text.indexOf('\0', at + 1);
  return at !== -1 && at < end;
}

/** Enters a line into the table, or tells what is wrong with it. */
function readLine(
  text: string,
  start: number,
  end: number,
  hasNul: boolean,
  table: number[],
): string | undefined {
  if (end - start > limits.headerOctets) return `has ${end - start} octets`;
  const nameEnd = tokenEnd(text, start);
  let colon = nameEnd;
  while (isBlank(text.charCodeAt(colon))) colon++;
  if (nameEnd === start || text.charCodeAt(colon) !== 58) return 'has no name with a colon';
  let valueStart = colon + 1;
  let valueEnd = end;
  while (valueStart < end && isSpace(text.charCodeAt(valueStart))) valueStart++;
  while (valueEnd > valueStart && isSpace(text.charCodeAt(valueEnd - 1))) valueEnd--;
  const flaw = lineFlaw(text, start, end, hasNul);
  if (flaw !== undefined) return flaw;
  table.push(identifyHeader(text, start, nameEnd), start, nameEnd, valueStart, valueEnd, end + 2);
  return undefined;
}
