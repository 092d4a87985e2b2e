import { Fault } from '@tandem/sip';
import { sdpMalformed, sdpTooLarge } from './faults.ts';

/** One line of a description. */
export interface Line {
  /** The letter before the equals sign. */
  readonly type: string;
  readonly value: string;
  /** CRLF, LF, or nothing at the end of the body. */
  readonly ending: string;
}

/** The lines of a session or of one of its media; a medium's first is its `m=`. */
export type Section = readonly Line[];

/** A description in parts. */
export interface Sections {
  readonly session: Section;
  readonly media: readonly Section[];
  /** Empty lines at the end. */
  readonly rest: string;
}

const maxLines = 1000;
const maxLine = 4096;
const maxMedia = 32;

/** Cuts a description into lines. Throws `sdp-malformed` or `sdp-too-large`. */
export function readSections(sdp: string): Sections {
  const body = sdp.slice(0, endOfLines(sdp));
  const lines = readLines(body);
  if (lines[0]?.type !== 'v') throw malformed(1, 'no v= at the beginning');
  const starts = lines.flatMap((line, index) => (line.type === 'm' ? [index] : []));
  if (starts.length > maxMedia) {
    throw new Fault(sdpTooLarge, `${starts.length} m= lines, ${maxMedia} are read`);
  }
  return {
    session: lines.slice(0, starts[0]),
    media: starts.map((start, index) => lines.slice(start, starts[index + 1])),
    rest: sdp.slice(body.length),
  };
}

/** The bytes of lines, as they were. */
export function writeLines(lines: Section): string {
  return lines.map(({ type, value, ending }) => `${type}=${value}${ending}`).join('');
}

/** The value of the line of a type; undefined without one. Throws when there are several. */
export function onlyValue(section: Section, type: string): string | undefined {
  const [line, second] = section.filter((candidate) => candidate.type === type);
  if (second) throw new Fault(sdpMalformed, `two ${type}= lines: ${line!.value}, ${second.value}`);
  return line?.value;
}

/** The name of an attribute line, up to its colon; undefined for a line of another type. */
export function attributeName({ type, value }: Line): string | undefined {
  if (type !== 'a') return undefined;
  const colon = value.indexOf(':');
  return colon < 0 ? value : value.slice(0, colon);
}

function readLines(body: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < body.length; ) {
    const feed = body.indexOf('\n', start);
    const next = feed < 0 ? body.length : feed + 1;
    const number = lines.length + 1;
    if (number > maxLines) throw tooLarge(number, `more than ${maxLines} lines`);
    if (next - start > maxLine) throw tooLarge(number, `${next - start} bytes, ${maxLine} are read`);
    lines.push(readLine(body.slice(start, next), number));
    start = next;
  }
  return lines;
}

function readLine(text: string, number: number): Line {
  const ending = text.endsWith('\r\n') ? '\r\n' : text.endsWith('\n') ? '\n' : '';
  const content = text.slice(0, text.length - ending.length);
  const letter = content.charCodeAt(0);
  if (!(letter >= 97 && letter <= 122) || content[1] !== '=') throw malformed(number, content);
  // A reader that ends lines at a bare CR, or a string at NUL, would see other lines than we do.
  if (content.includes('\r') || content.includes('\0')) throw malformed(number, content);
  return { type: content[0]!, value: content.slice(2), ending };
}

function endOfLines(sdp: string): number {
  let end = sdp.length;
  while (sdp[end - 1] === '\n' && (sdp[end - 2] === '\n' || sdp.slice(end - 3, end - 1) === '\n\r')) {
    end -= sdp[end - 2] === '\n' ? 1 : 2;
  }
  return end;
}

function malformed(number: number, content: string): Fault {
  return new Fault(sdpMalformed, `line ${number}: ${JSON.stringify(content.slice(0, 80))}`);
}

function tooLarge(number: number, what: string): Fault {
  return new Fault(sdpTooLarge, `line ${number}: ${what}`);
}
