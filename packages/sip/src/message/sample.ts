import { headerName, identifyHeader } from './header-name.ts';
import { parseMessage } from './parse.ts';
import { SipRequest } from './request.ts';

/** What tests vary in a message. */
export interface Sample {
  readonly startLine?: string;
  /** Header lines, at the end. A mandatory header stands there instead of at its place. */
  readonly headers?: readonly string[];
  /** Mandatory headers to leave out. */
  readonly without?: readonly string[];
  readonly body?: string;
}

const mandatory = [
  'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1',
  'Max-Forwards: 70',
  'From: <sip:1001@acme.example>;tag=a',
  'To: <sip:1002@acme.example>',
  'Call-ID: c1',
  'CSeq: 1 INVITE',
];

/** A message for tests, as latin1. */
export function sampleText(sample: Sample = {}): string {
  const {
    startLine = 'INVITE sip:1002@acme.example SIP/2.0',
    headers = [],
    without = [],
    body = '',
  } = sample;
  const replaced = [...headers.map(nameOf), ...without];
  const others = mandatory.filter((line) => !replaced.includes(nameOf(line)));
  return `${[startLine, ...others, ...headers].join('\r\n')}\r\n\r\n${body}`;
}

/** A request for tests. */
export function sampleRequest(sample: Sample = {}): SipRequest {
  return readRequest(sampleText(sample));
}

function readRequest(text: string): SipRequest {
  const message = parseMessage(text);
  if (message instanceof SipRequest) return message;
  throw new Error('not a request', { cause: message });
}

function nameOf(line: string): string {
  const name = line.slice(0, line.indexOf(':')).trim();
  return headerName(identifyHeader(name, 0, name.length)) || name;
}
