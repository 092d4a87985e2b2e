import { Fault } from '../fault.ts';
import { duplicateHeader, malformedHeader } from '../faults.ts';
import { limits } from '../limits.ts';
import { digits } from './characters.ts';
import { headerId } from './header-name.ts';
import { excerpt } from './message.ts';
import { columns, lineValue, scanMessage, tooLarge } from './scan.ts';

const contentLength = headerId('Content-Length');

const headersEnd = '\r\n\r\n';

/** What a stream holds next. */
export type Frame =
  | { readonly kind: 'message'; readonly text: string }
  /** A double CRLF: the peer asks for a pong (RFC 5626 §3.5.1). */
  | { readonly kind: 'ping' }
  /** Nothing after this can be delimited: the connection has to be closed. `text` ends with the headers, if they do. */
  | { readonly kind: 'broken'; readonly fault: Fault; readonly text: string };

/** Cuts a byte stream into messages by Content-Length (RFC 3261 §18.3). */
export class Framer {
  /** What is not framed yet. It is looked into only when it may hold a frame: each look after a push copies it. */
  #text = '';
  /** The end of what was seen, where an end of headers may be cut by the next chunk. */
  #tail = '';
  /** Octets of the next message, once its headers are read; otherwise 0. */
  #needed = 0;
  /** Whether a line end without a message came before. */
  #blank = false;

  /** How many octets of an unfinished message have arrived. */
  get pending(): number {
    return this.#text.length;
  }

  /** Takes the next octets, as latin1, and returns all frames that they complete. */
  push(chunk: string): Frame[] {
    const seen = this.#tail + chunk;
    const between = this.#text.length < headersEnd.length;
    this.#text += chunk;
    this.#tail = seen.slice(1 - headersEnd.length);
    const frames: Frame[] = [];
    if (!between && !this.#mayHoldFrame(seen)) return frames;
    for (let frame = this.#next(); frame; frame = this.#next()) {
      frames.push(frame);
      if (frame.kind === 'broken') break;
    }
    this.#tail = this.#text.slice(1 - headersEnd.length);
    return frames;
  }

  #mayHoldFrame(seen: string): boolean {
    if (this.#needed > 0) return this.#text.length >= this.#needed;
    return this.#text.length > limits.messageOctets || seen.includes(headersEnd);
  }

  #next(): Frame | undefined {
    if (this.#needed === 0) {
      if (this.#takeBlankLines()) return { kind: 'ping' };
      const fault = this.#readHeaders();
      if (fault) return { kind: 'broken', fault, text: this.#takeAll() };
    }
    if (this.#needed === 0 || this.#text.length < this.#needed) return undefined;
    const text = this.#take(this.#needed);
    this.#needed = 0;
    this.#blank = false;
    return { kind: 'message', text };
  }

  /** Finds out how long the next message is, when all of its headers are there. */
  #readHeaders(): Fault | undefined {
    const end = this.#text.indexOf(headersEnd);
    if (end === -1) return this.#text.length > limits.messageOctets ? tooLarge(this.#text.length) : undefined;
    const bodyStart = end + headersEnd.length;
    const length = readLength(this.#text.slice(0, bodyStart));
    if (length instanceof Fault) return length;
    if (bodyStart + length > limits.messageOctets) return tooLarge(bodyStart + length);
    this.#needed = bodyStart + length;
    return undefined;
  }

  /** Skips line ends before a message (§7.5); true when they make a double one, be it in one chunk or in two. */
  #takeBlankLines(): boolean {
    let at = 0;
    while (this.#text.startsWith('\r\n', at)) at += 2;
    if (at === 0) return false;
    this.#take(at);
    const ping = this.#blank || at > 2;
    this.#blank = !ping;
    return ping;
  }

  /** Takes everything and returns the headers alone: what a refusal needs, however much follows. */
  #takeAll(): string {
    const all = this.#take(this.#text.length);
    const end = all.indexOf(headersEnd);
    return end === -1 ? all : all.slice(0, end + headersEnd.length);
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }
}

/** On a stream Content-Length is mandatory (RFC 3261 §20.14), and two of them leave open where the message ends. */
function readLength(head: string): number | Fault {
  const scan = scanMessage(head);
  if (scan instanceof Fault) return scan;
  let declared: string | undefined;
  for (let line = 0; line < scan.table.length; line += columns.count) {
    if (scan.table[line + columns.id] !== contentLength) continue;
    if (declared !== undefined) return new Fault(duplicateHeader, 'Content-Length stands more than once');
    declared = lineValue(head, scan, line);
  }
  const length = digits(declared ?? '', Number.MAX_SAFE_INTEGER);
  return (
    length ?? new Fault(malformedHeader, `Content-Length on a stream: ${excerpt(declared ?? 'missing')}`)
  );
}
