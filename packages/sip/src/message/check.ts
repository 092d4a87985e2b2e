import { Fault } from '../fault.ts';
import {
  duplicateHeader,
  malformedHeader,
  malformedUri,
  messageTooLarge,
  missingHeader,
  versionUnsupported,
} from '../faults.ts';
import { maxSequence } from '../header/cseq.ts';
import { limits } from '../limits.ts';
import { parseUri, schemeOf } from '../uri/uri.ts';
import { digits } from './characters.ts';
import type { HeaderName } from './header-name.ts';
import { excerpt, type SipMessage } from './message.ts';
import { SipRequest } from './request.ts';

/** Headers that may stand once (RFC 3261 §7.3.1); a second one is an attempt to be read in two ways. */
const single: readonly HeaderName[] = [
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Event',
];

/** Delta-seconds and counters: 32 bits at the most (RFC 3261 §20.19). */
const maxSeconds = 2 ** 32 - 1;

/**
 * What is wrong with a message by RFC 3261 §8.1.1 and §16.3 (1), whoever it is for: undefined when nothing is.
 * Response-only and method-specific headers are read by whoever needs them.
 */
export function checkMessage(message: SipMessage): Fault | undefined {
  try {
    return message.scan.flaw ?? checkLine(message) ?? checkSingle(message) ?? checkValues(message);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function checkLine(message: SipMessage): Fault | undefined {
  if (!(message instanceof SipRequest)) return undefined;
  if (message.version.toUpperCase() !== 'SIP/2.0')
    return new Fault(versionUnsupported, excerpt(message.version));
  const scheme = schemeOf(message.uri);
  if (scheme === undefined || /[\s<>"]/.test(message.uri)) return badUri(message.uri);
  const known = scheme === 'sip' || scheme === 'sips' || scheme === 'tel';
  return known && !parseUri(message.uri) ? badUri(message.uri) : undefined;
}

function badUri(uri: string): Fault {
  return new Fault(malformedUri, `Request-URI ${excerpt(uri)}`);
}

function checkSingle(message: SipMessage): Fault | undefined {
  const repeated = single.find((name) => message.lines(name).length > 1);
  return repeated && new Fault(duplicateHeader, `${repeated} stands more than once`);
}

function checkValues(message: SipMessage): Fault | undefined {
  // Reading them throws what is wrong with them.
  const { cseq, callId, from, to } = message;
  if (/\s/.test(callId)) return new Fault(malformedHeader, `Call-ID: ${excerpt(callId)}`);
  for (const [name, { uri }] of [['From', from] as const, ['To', to] as const]) {
    if (isKnownScheme(uri) && !parseUri(uri)) return new Fault(malformedHeader, `${name}: ${excerpt(uri)}`);
  }
  if (message instanceof SipRequest && cseq.method !== message.method) {
    return new Fault(malformedHeader, `CSeq: method ${excerpt(cseq.method)} in a ${message.method}`);
  }
  if (message.elements('Via').length === 0 || !message.via) return new Fault(missingHeader, 'Via is missing');
  if (message.value('Contact') !== '*') message.addresses('Contact');
  return checkNumbers(message) ?? checkBody(message);
}

function isKnownScheme(uri: string): boolean {
  return /^(sips?|tel):/i.test(uri);
}

function checkNumbers(message: SipMessage): Fault | undefined {
  const forwards = message.value('Max-Forwards');
  if (forwards !== undefined && digits(forwards, 255) === undefined) {
    return new Fault(malformedHeader, `Max-Forwards: ${excerpt(forwards)}`);
  }
  const expires = message.value('Expires');
  if (expires !== undefined && digits(expires, maxSeconds) === undefined) {
    return new Fault(malformedHeader, `Expires: ${excerpt(expires)}`);
  }
  return undefined;
}

/** RFC 3261 §18.3: what is missing is an error, what is left over is cut off by `frameDatagram`. */
function checkBody(message: SipMessage): Fault | undefined {
  const declared = message.value('Content-Length');
  if (declared === undefined) return undefined;
  const length = digits(declared, maxSequence);
  if (length === undefined) return new Fault(malformedHeader, `Content-Length: ${excerpt(declared)}`);
  if (length > limits.messageOctets) return new Fault(messageTooLarge, `Content-Length ${length}`);
  const present = message.scan.bodyEnd - message.scan.bodyStart;
  return length > present
    ? new Fault(malformedHeader, `Content-Length ${length}, the body has ${present}`)
    : undefined;
}
