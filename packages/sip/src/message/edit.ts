import { elementEnd } from '../header/list.ts';
import { headerLine, safeRequestUri, safeValue } from './header-line.ts';
import { type HeaderName, identifyHeader } from './header-name.ts';
import type { SipMessage } from './message.ts';
import { columns } from './scan.ts';

/** One replacement in the message's text. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Changes to a message, kept as splices over its bytes and written once. All that is not touched stays as it came:
 * header order, unknown headers, white space, body.
 */
export class Edit {
  readonly #message: SipMessage;
  readonly #splices: Splice[] = [];
  #hasLength: boolean;

  constructor(message: SipMessage) {
    this.#message = message;
    this.#hasLength = message.has('Content-Length');
  }

  /** Replaces the Request-URI. */
  requestUri(uri: string): this {
    const { text, scan } = this.#message;
    const from = text.indexOf(' ', scan.start) + 1;
    const to = text.lastIndexOf(' ', scan.startLineEnd);
    return this.#splice(from, to, safeRequestUri(uri));
  }

  /** Puts a header before all others of its name, or right after the start line. The first call comes first. */
  prepend(name: HeaderName, value: string): this {
    const line = this.#message.find(name);
    const at = line === -1 ? this.#message.scan.startLineEnd + 2 : this.#column(line, columns.lineStart);
    return this.#splice(at, at, headerLine(name, value));
  }

  /** Puts a header after all others of any name. */
  append(name: string, value: string): this {
    const at = this.#message.scan.bodyStart - 2;
    return this.#splice(at, at, headerLine(name, value));
  }

  /** Leaves exactly one line of a header, known or not, with this value. */
  set(name: string, value: string): this {
    const [first, ...others] = this.#linesOf(name);
    if (first === undefined) return this.append(name, value);
    for (const line of others) this.#cutLine(line);
    const { valueStart, valueEnd } = columns;
    return this.#splice(
      this.#column(first, valueStart),
      this.#column(first, valueEnd),
      safeValue(name, value),
    );
  }

  /** Takes out all lines of a header, known or not. */
  remove(name: string): this {
    for (const line of this.#linesOf(name)) this.#cutLine(line);
    return this;
  }

  /** Takes out the first element of a header, be it alone on its line or the head of a comma list. */
  removeFirst(name: HeaderName): this {
    const line = this.#message.find(name);
    if (line === -1) return this;
    const start = this.#column(line, columns.valueStart);
    const end = this.#column(line, columns.valueEnd);
    const comma = elementEnd(this.#message.text, start, end);
    return comma === end ? this.#cutLine(line) : this.#splice(start, comma + 1, '');
  }

  /** Replaces the first element of a header. */
  replaceFirst(name: HeaderName, value: string): this {
    const line = this.#message.find(name);
    if (line === -1) return this.prepend(name, value);
    const start = this.#column(line, columns.valueStart);
    const comma = elementEnd(this.#message.text, start, this.#column(line, columns.valueEnd));
    return this.#splice(start, comma, safeValue(name, value));
  }

  /** Replaces the body; Content-Length follows. */
  body(text: string): this {
    const { bodyStart, bodyEnd } = this.#message.scan;
    this.set('Content-Length', String(text.length));
    this.#hasLength = true;
    return this.#splice(bodyStart, bodyEnd, text);
  }

  /** The message with all changes, as latin1. A message without Content-Length gets one: a stream needs it. */
  write(): string {
    const { text, scan } = this.#message;
    if (!this.#hasLength) this.append('Content-Length', String(scan.bodyEnd - scan.bodyStart));
    // An insertion at the start of a cut goes before it.
    this.#splices.sort((a, b) => a.from - b.from || a.to - b.to);
    let out = '';
    let at = scan.start;
    for (const splice of this.#splices) {
      if (splice.from < at) throw new Error('two edits overlap');
      out += text.slice(at, splice.from) + splice.text;
      at = splice.to;
    }
    return out + text.slice(at, scan.bodyEnd);
  }

  /** An unknown header is told by its spelling. */
  #linesOf(name: string): number[] {
    const id = identifyHeader(name, 0, name.length);
    if (id !== 0) return this.#message.lines(id);
    const { text, scan } = this.#message;
    return this.#message.lines(id).filter((line) => {
      const { lineStart, nameEnd } = columns;
      return (
        text.slice(scan.table[line + lineStart], scan.table[line + nameEnd]).toLowerCase() ===
        name.toLowerCase()
      );
    });
  }

  #column(line: number, column: number): number {
    return this.#message.scan.table[line + column]!;
  }

  #cutLine(line: number): this {
    return this.#splice(this.#column(line, columns.lineStart), this.#column(line, columns.lineEnd), '');
  }

  #splice(from: number, to: number, text: string): this {
    this.#splices.push({ from, to, text });
    return this;
  }
}
