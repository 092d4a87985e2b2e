import { Fault } from '../fault.ts';
import { malformedHeader, missingHeader } from '../faults.ts';
import { type CSeq, parseCSeq } from '../header/cseq.ts';
import { elementEnd, splitList } from '../header/list.ts';
import { type NameAddr, parseNameAddr } from '../header/name-addr.ts';
import { parseVia, type Via } from '../header/via.ts';
import { limits } from '../limits.ts';
import { trimSpace } from './characters.ts';
import { type HeaderName, headerId, headerName } from './header-name.ts';
import { columns, findLine, lineValue, type Scan } from './scan.ts';

const ids = {
  via: headerId('Via'),
  from: headerId('From'),
  to: headerId('To'),
  callId: headerId('Call-ID'),
  cseq: headerId('CSeq'),
};

/** Tells a header's lines: by known name, or by id. */
type Key = HeaderName | number;

function idOf(key: Key): number {
  return typeof key === 'number' ? key : headerId(key);
}

/**
 * A SIP message as it came: its bytes as a latin1 string, and the offsets of its header lines. Headers are parsed when
 * they are first asked for. What is asked and cannot be read throws a Fault that names the header.
 */
export abstract class SipMessage {
  /** One character is one octet. */
  readonly text: string;
  readonly scan: Scan;

  #via: Via | undefined;
  #vias: readonly Via[] | undefined;
  #contacts: readonly NameAddr[] | undefined;
  #from: NameAddr | undefined;
  #to: NameAddr | undefined;
  #cseq: CSeq | undefined;
  #callId: string | undefined;

  constructor(text: string, scan: Scan) {
    this.text = text;
    this.scan = scan;
  }

  /** The body as latin1: one character is one octet. */
  get body(): string {
    return this.text.slice(this.scan.bodyStart, this.scan.bodyEnd);
  }

  /** The topmost Via. */
  get via(): Via {
    this.#via ??= this.#parse('Via', parseVia, this.#firstElement(ids.via));
    return this.#via;
  }

  get vias(): readonly Via[] {
    this.#vias ??= this.elements(ids.via).map((element) => this.#parse('Via', parseVia, element));
    return this.#vias;
  }

  get from(): NameAddr {
    this.#from ??= this.#parse('From', parseNameAddr, this.value(ids.from));
    return this.#from;
  }

  get to(): NameAddr {
    this.#to ??= this.#parse('To', parseNameAddr, this.value(ids.to));
    return this.#to;
  }

  get cseq(): CSeq {
    this.#cseq ??= this.#parse('CSeq', parseCSeq, this.value(ids.cseq));
    return this.#cseq;
  }

  get callId(): string {
    this.#callId ??= this.#parse('Call-ID', (value) => value || undefined, this.value(ids.callId));
    return this.#callId;
  }

  get contacts(): readonly NameAddr[] {
    this.#contacts ??= this.addresses('Contact');
    return this.#contacts;
  }

  get routes(): NameAddr[] {
    return this.addresses('Route');
  }

  get recordRoutes(): NameAddr[] {
    return this.addresses('Record-Route');
  }

  /** All values of a header whose elements are name-addr. */
  addresses(name: HeaderName): NameAddr[] {
    return this.elements(name).map((element) => this.#parse(name, parseNameAddr, element));
  }

  /** The first value of a header, unfolded and trimmed. */
  value(key: Key): string | undefined {
    const line = this.find(key);
    return line === -1 ? undefined : lineValue(this.text, this.scan, line);
  }

  /** The value of each line of a header, unfolded and trimmed. */
  values(key: Key): string[] {
    return this.lines(key).map((line) => lineValue(this.text, this.scan, line));
  }

  /** The elements of a comma list over all lines of a header. */
  elements(key: Key): string[] {
    const lines = this.lines(key);
    const elements =
      lines.length === 1 ? this.elementsAt(lines[0]!) : lines.flatMap((line) => this.elementsAt(line));
    if (elements.length > limits.headerElements) {
      const name = headerName(idOf(key));
      throw new Fault(malformedHeader, `${name}: more than ${limits.headerElements} values`);
    }
    return elements;
  }

  /** The elements of the comma list on one line. */
  elementsAt(line: number): string[] {
    return splitList(lineValue(this.text, this.scan, line));
  }

  has(key: Key): boolean {
    return this.find(key) !== -1;
  }

  /** The position in the offset table of the first line of a header; -1 when there is none. */
  find(key: Key): number {
    return findLine(this.scan, idOf(key));
  }

  /** The positions in the offset table of all lines of a header. */
  lines(key: Key): number[] {
    const id = idOf(key);
    const { table } = this.scan;
    const found: number[] = [];
    for (let at = 0; at < table.length; at += columns.count) {
      if (table[at + columns.id] === id) found.push(at);
    }
    return found;
  }

  /** Name, as written, and value of each line whose header is none of these, in order; so many at most. */
  fieldsExcept(ids: ReadonlySet<number>, max: number): { readonly name: string; readonly value: string }[] {
    const { table } = this.scan;
    const fields: { name: string; value: string }[] = [];
    for (let at = 0; at < table.length && fields.length < max; at += columns.count) {
      if (ids.has(table[at + columns.id]!)) continue;
      const name = this.text.slice(table[at + columns.lineStart], table[at + columns.nameEnd]);
      fields.push({ name, value: lineValue(this.text, this.scan, at) });
    }
    return fields;
  }

  #firstElement(id: number): string | undefined {
    const value = this.value(id);
    return value && trimSpace(value.slice(0, elementEnd(value, 0, value.length)));
  }

  #parse<T>(name: HeaderName, parse: (value: string) => T | undefined, value: string | undefined): T {
    if (value === undefined) throw new Fault(missingHeader, `${name} is missing`);
    const parsed = parse(value);
    if (parsed === undefined) throw new Fault(malformedHeader, `${name}: ${excerpt(value)}`);
    return parsed;
  }
}

/** What a log or a reason phrase may show of a value from the wire: printable, and not much of it. */
export function excerpt(value: string, length: number = 80): string {
  const shown = value.length > length ? `${value.slice(0, length - 3)}...` : value;
  return shown.replace(/[^\x20-\x7e]/g, '?');
}
