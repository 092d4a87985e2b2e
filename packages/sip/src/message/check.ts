import { Fault } from '../fault.ts';
import {
  duplicateHeader,
  malformedHeader,
  malformedUri,
  messageTooLarge,
  missingHeader,
  versionUnsupported,
} from '../faults.ts';
import { limits } from '../limits.ts';
import { isWellFormedUri, parseUri } from '../uri/uri.ts';
import { digits } from './characters.ts';
import { type HeaderName, headerName, isSingle } from './header-name.ts';
import { excerpt, type SipMessage } from './message.ts';
import { maxMaxForwards, SipRequest } from './request.ts';
import { columns } from './scan.ts';

/** Delta-seconds and counters: 32 bits at the most (RFC 3261 §20.19). */
const maxSeconds = 2 ** 32 - 1;

/**
 * What is wrong with a message by RFC 3261 §8.1.1 and §16.3 (1), whoever it is for: undefined when nothing is.
 * Response-only and method-specific headers are read by whoever needs them.
 */
export function checkMessage(message: SipMessage): Fault | undefined {
  try {
    return (
      message.scan.flaw ??
      checkLine(message) ??
      checkSingle(message) ??
      checkIdentity(message) ??
      checkVia(message) ??
      checkContact(message) ??
      checkNumber(message, 'Max-Forwards', maxMaxForwards) ??
      checkNumber(message, 'Expires', maxSeconds) ??
      checkBody(message)
    );
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function checkLine(message: SipMessage): Fault | undefined {
  if (!(message instanceof SipRequest)) return undefined;
  if (message.version.toUpperCase() !== 'SIP/2.0') {
    return new Fault(versionUnsupported, excerpt(message.version));
  }
  const uri = parseUri(message.uri);
  // §19.1.1: a Request-URI has no headers.
  const fine = uri === undefined ? isWellFormedUri(message.uri) : uri.scheme === 'tel' || uri.headers === '';
  return fine ? undefined : new Fault(malformedUri, `Request-URI ${excerpt(message.uri)}`);
}

function checkSingle(message: SipMessage): Fault | undefined {
  const { table } = message.scan;
  let seen = 0;
  for (let at = 0; at < table.length; at += columns.count) {
    const id = table[at + columns.id]!;
    if (!isSingle(id)) continue;
    const bit = 1 << id;
    if ((seen & bit) !== 0) return new Fault(duplicateHeader, `${headerName(id)} stands more than once`);
    seen |= bit;
  }
  return undefined;
}

/** Reading a header throws what is wrong with it. */
function checkIdentity(message: SipMessage): Fault | undefined {
  const { cseq, callId, from, to } = message;
  if (!isVisible(callId)) return malformed('Call-ID', callId);
  if (!isWellFormedUri(from.uri) || from.params.get('tag') === '')
    return malformed('From', message.value('From')!);
  if (!isWellFormedUri(to.uri) || to.params.get('tag') === '') return malformed('To', message.value('To')!);
  if (message instanceof SipRequest && cseq.method !== message.method) {
    return new Fault(malformedHeader, `CSeq: method ${excerpt(cseq.method)} in a ${excerpt(message.method)}`);
  }
  return undefined;
}

function checkVia(message: SipMessage): Fault | undefined {
  if (message.vias.length === 0) return new Fault(missingHeader, 'Via is missing');
  const empty = message.vias.some((via) => via.params.get('branch') === '');
  return empty ? malformed('Via', 'branch without a value') : undefined;
}

function checkContact(message: SipMessage): Fault | undefined {
  const lines = message.lines('Contact').length;
  if (lines === 0 || (lines === 1 && message.value('Contact') === '*')) return undefined;
  const broken = message.contacts.find((contact) => !isWellFormedUri(contact.uri));
  return broken && malformed('Contact', broken.uri);
}

function checkNumber(message: SipMessage, name: HeaderName, max: number): Fault | undefined {
  const value = message.value(name);
  return value === undefined || digits(value, max) !== undefined ? undefined : malformed(name, value);
}

/** RFC 3261 §18.3: what is missing is an error, what is left over was cut off when the message was read. */
function checkBody(message: SipMessage): Fault | undefined {
  const declared = message.value('Content-Length');
  if (declared === undefined) return undefined;
  const length = digits(declared, Number.MAX_SAFE_INTEGER);
  if (length === undefined) return malformed('Content-Length', declared);
  if (length > limits.messageOctets) return new Fault(messageTooLarge, `Content-Length ${length}`);
  const present = message.scan.bodyEnd - message.scan.bodyStart;
  return length > present
    ? new Fault(malformedHeader, `Content-Length ${length}, the body has ${present}`)
    : undefined;
}

function malformed(name: HeaderName, value: string): Fault {
  return new Fault(malformedHeader, `${name}: ${excerpt(value)}`);
}

/** Neither white space nor control characters: a Call-ID is compared octet by octet. */
function isVisible(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 127) return false;
  }
  return true;
}
