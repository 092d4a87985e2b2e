import { Fault } from '../fault.ts';
import { headerLine, safeValue } from './header-line.ts';
import { reasonPhrase } from './reason.ts';
import type { SipRequest } from './request.ts';
import { columns } from './scan.ts';

/** What a response says beyond what the request gives. */
export interface ResponseContent {
  /** Instead of the default phrase. */
  readonly reason?: string;
  /** Added to To when it has no tag (RFC 3261 §8.2.6.2); not for a 100. */
  readonly toTag?: string;
  /** More headers, in order. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Writes a response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq are the request's own bytes. */
export function respond(request: SipRequest, status: number, content: ResponseContent = {}): string {
  let out = headerless(status, content.reason);
  out += viaLines(request);
  out += copyLine(request, 'From');
  out += toLine(request, content.toTag);
  out += copyLine(request, 'Call-ID');
  out += copyLine(request, 'CSeq');
  // §8.2.6.1
  if (status === 100) out += copyLine(request, 'Timestamp');
  for (const [name, value] of content.headers ?? []) out += headerLine(name, value);
  const body = content.body ?? '';
  return `${out}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function headerless(status: number, reason = reasonPhrase(status)): string {
  // A phrase may come from configuration or from the other leg.
  return `SIP/2.0 ${status} ${reason.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')}\r\n`;
}

/** All Via lines as they came, the topmost value with what the transport saw. */
function viaLines(request: SipRequest): string {
  const [first, ...others] = request.lines('Via');
  const top = request.stampedVia;
  let out = '';
  if (first === undefined) return out;
  if (top === undefined) out += rawLine(request, first);
  else {
    const [, ...rest] = request.elementsAt(first);
    out += headerLine('Via', [top, ...rest].join(', '));
  }
  for (const line of others) out += rawLine(request, line);
  return out;
}

function copyLine(request: SipRequest, name: 'From' | 'Call-ID' | 'CSeq' | 'Timestamp'): string {
  const line = request.find(name);
  return line === -1 ? '' : rawLine(request, line);
}

function toLine(request: SipRequest, tag: string | undefined): string {
  const line = request.find('To');
  if (line === -1) return '';
  if (tag === undefined || keepsTo(request)) return rawLine(request, line);
  const { table } = request.scan;
  return `${request.text.slice(table[line + columns.lineStart], table[line + columns.valueEnd])};tag=${safeValue('To', tag)}\r\n`;
}

/** Whether To has a tag, or cannot be read, which may be why the request is refused. */
function keepsTo(request: SipRequest): boolean {
  try {
    return request.to.params.has('tag');
  } catch (error) {
    if (error instanceof Fault) return true;
    throw error;
  }
}

function rawLine(request: SipRequest, line: number): string {
  const { table } = request.scan;
  return request.text.slice(table[line + columns.lineStart], table[line + columns.lineEnd]);
}
