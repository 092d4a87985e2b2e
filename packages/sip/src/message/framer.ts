import { Fault } from '../fault.ts';
import { malformedHeader } from '../faults.ts';
import { limits } from '../limits.ts';
import { digits } from './characters.ts';
import { headerId } from './header-name.ts';
import { headerValue, scanMessage, tooLarge } from './scan.ts';

const contentLength = headerId('Content-Length');

/** What a stream holds next. */
export type Frame =
  | { readonly kind: 'message'; readonly text: string }
  /** A double CRLF: the peer asks for a pong (RFC 5626 §3.5.1). */
  | { readonly kind: 'ping' }
  /** Nothing after this can be delimited: the connection has to be closed. */
  | { readonly kind: 'broken'; readonly fault: Fault; readonly text: string };

/** Cuts a byte stream into messages by Content-Length (RFC 3261 §18.3). */
export class Framer {
  #pending = '';
  /** Up to here no end of headers was found, so that a slow sender costs one look at each octet. */
  #searched = 0;

  /** How many octets of an unfinished message have arrived. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Takes the next octets, as latin1, and returns all frames that they complete. */
  push(chunk: string): Frame[] {
    this.#pending += chunk;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) {
      frames.push(frame);
      if (frame.kind === 'broken') break;
    }
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#takeBlankLines()) return { kind: 'ping' };
    const headerEnd = this.#pending.indexOf('\r\n\r\n', this.#searched);
    if (headerEnd === -1) {
      this.#searched = Math.max(0, this.#pending.length - 3);
      return this.#pending.length > limits.messageOctets
        ? this.#broken(tooLarge(this.#pending.length))
        : undefined;
    }
    return this.#takeMessage(headerEnd + 4);
  }

  #takeMessage(bodyStart: number): Frame | undefined {
    this.#searched = bodyStart - 4;
    const length = readLength(this.#pending.slice(0, bodyStart));
    if (length instanceof Fault) return this.#broken(length);
    const end = bodyStart + length;
    if (end > limits.messageOctets) return this.#broken(tooLarge(end));
    return end <= this.#pending.length ? { kind: 'message', text: this.#take(end) } : undefined;
  }

  /** Skips line ends before a message (§7.5); true when there was a double one, which is a ping. */
  #takeBlankLines(): boolean {
    let at = 0;
    while (this.#pending.startsWith('\r\n', at)) at += 2;
    if (at === 0) return false;
    this.#take(at);
    return at >= 4;
  }

  #take(length: number): string {
    const taken = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    this.#searched = 0;
    return taken;
  }

  #broken(fault: Fault): Frame {
    return { kind: 'broken', fault, text: this.#take(this.#pending.length) };
  }
}

/** On a stream Content-Length is mandatory (RFC 3261 §20.14). */
function readLength(head: string): number | Fault {
  const scan = scanMessage(head);
  if (scan instanceof Fault) return scan;
  const declared = headerValue(head, scan, contentLength);
  const length = digits(declared ?? '', Number.MAX_SAFE_INTEGER);
  return length ?? new Fault(malformedHeader, `Content-Length on a stream: ${declared ?? 'missing'}`);
}
