import { Fault } from '../fault.ts';
import { limits } from '../limits.ts';
import { digits, isToken, trimSpaceEnd } from './characters.ts';
import { headerId } from './header-name.ts';
import { excerpt } from './message.ts';
import { SipRequest } from './request.ts';
import { SipResponse } from './response.ts';
import { headerValue, malformed, type Scan, scanMessage } from './scan.ts';

const contentLength = headerId('Content-Length');

/**
 * Reads a message: one datagram, or one frame of a stream, as latin1.
 * What is broken in a single line is the message's `flaw`, so that a request can still be answered with 400;
 * a Fault is returned for what has no start line or no end.
 */
export function parseMessage(text: string): SipRequest | SipResponse | Fault {
  const found = scanMessage(text);
  if (found instanceof Fault) return found;
  const scan = cutExcess(text, found);
  const startLine = text.slice(scan.start, scan.startLineEnd);
  return isVersion(startLine, 0) ? parseResponse(text, scan, startLine) : parseRequest(text, scan, startLine);
}

/** RFC 3261 §18.3: octets of a datagram beyond Content-Length are discarded. */
function cutExcess(text: string, scan: Scan): Scan {
  const declared = digits(headerValue(text, scan, contentLength) ?? '', limits.messageOctets);
  const end = declared === undefined ? scan.bodyEnd : scan.bodyStart + declared;
  return end < scan.bodyEnd ? { ...scan, bodyEnd: end } : scan;
}

/** SIP-Version is case-insensitive (RFC 3261 §7.1). */
function isVersion(text: string, start: number): boolean {
  return text.slice(start, start + 4).toUpperCase() === 'SIP/';
}

/** Status-Line = SIP-Version SP Status-Code SP Reason-Phrase (RFC 3261 §7.2) */
function parseResponse(text: string, scan: Scan, startLine: string): SipResponse | Fault {
  const status = digits(startLine.slice(8, 11), 699) ?? 0;
  if (startLine.slice(4, 8) !== '2.0 ' || status < 100 || startLine.charCodeAt(11) !== 32) {
    return malformed(`status line: ${excerpt(startLine)}`);
  }
  return new SipResponse(text, scan, status, startLine.slice(12));
}

/** Request-Line = Method SP Request-URI SP SIP-Version (RFC 3261 §7.1) */
function parseRequest(text: string, scan: Scan, startLine: string): SipRequest | Fault {
  const line = trimSpaceEnd(startLine);
  const methodEnd = line.indexOf(' ');
  const uriEnd = line.lastIndexOf(' ');
  const method = line.slice(0, Math.max(methodEnd, 0));
  const fault = (): Fault => malformed(`request line: ${excerpt(startLine)}`);
  if (uriEnd === methodEnd || !isToken(method) || !isVersion(line, uriEnd + 1)) return fault();
  const parts = { method, uri: line.slice(methodEnd + 1, uriEnd), version: line.slice(uriEnd + 1) };
  return new SipRequest(text, line === startLine ? scan : { flaw: fault(), ...scan }, parts);
}
