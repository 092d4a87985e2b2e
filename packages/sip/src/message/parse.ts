import { Fault } from '../fault.ts';
import { malformedMessage } from '../faults.ts';
import { limits } from '../limits.ts';
import { digits, isToken } from './characters.ts';
import { headerId } from './header-name.ts';
import { excerpt } from './message.ts';
import { SipRequest } from './request.ts';
import { SipResponse } from './response.ts';
import { headerValue, type Scan, scanMessage } from './scan.ts';

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
  return startLine.startsWith('SIP/')
    ? parseResponse(text, scan, startLine)
    : parseRequest(text, scan, startLine);
}

/** RFC 3261 §18.3: octets of a datagram beyond Content-Length are discarded. */
function cutExcess(text: string, scan: Scan): Scan {
  const declared = digits(headerValue(text, scan, contentLength) ?? '', limits.messageOctets);
  const end = declared === undefined ? scan.bodyEnd : scan.bodyStart + declared;
  return end < scan.bodyEnd ? { ...scan, bodyEnd: end } : scan;
}

/** Status-Line = SIP-Version SP Status-Code SP Reason-Phrase (RFC 3261 §7.2) */
function parseResponse(text: string, scan: Scan, startLine: string): SipResponse | Fault {
  const status = digits(startLine.slice(8, 11), 699);
  if (!startLine.startsWith('SIP/2.0 ') || status === undefined || status < 100 || startLine[11] !== ' ') {
    return new Fault(malformedMessage, `status line: ${excerpt(startLine)}`);
  }
  return new SipResponse(text, scan, status, startLine.slice(12));
}

/** Request-Line = Method SP Request-URI SP SIP-Version (RFC 3261 §7.1) */
function parseRequest(text: string, scan: Scan, startLine: string): SipRequest | Fault {
  const methodEnd = startLine.indexOf(' ');
  const versionStart = startLine.lastIndexOf(' ') + 1;
  const method = startLine.slice(0, methodEnd);
  if (methodEnd === -1 || !isToken(method) || !/^SIP\//i.test(startLine.slice(versionStart))) {
    return new Fault(malformedMessage, `request line: ${excerpt(startLine)}`);
  }
  const uri = startLine.slice(methodEnd + 1, Math.max(versionStart - 1, methodEnd + 1));
  return new SipRequest(text, scan, { method, uri, version: startLine.slice(versionStart) });
}
