import type { FaultKind } from './fault.ts';

export const malformedMessage: FaultKind = {
  code: 'malformed-message',
  status: 400,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'The bytes are not a SIP message.',
  hint: 'See the detail for the line; compare with RFC 3261 §25.',
};

export const malformedHeader: FaultKind = {
  code: 'malformed-header',
  status: 400,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A header of the message breaks its grammar.',
  hint: 'The detail names the header; the sender has to be corrected.',
};

export const malformedUri: FaultKind = {
  code: 'malformed-uri',
  status: 400,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A URI breaks its grammar.',
  hint: 'The detail shows the URI; look for unescaped characters.',
};

export const missingHeader: FaultKind = {
  code: 'missing-header',
  status: 400,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A header that every request must have is missing.',
  hint: 'The detail names the header (RFC 3261 §8.1.1).',
};

export const duplicateHeader: FaultKind = {
  code: 'duplicate-header',
  status: 400,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A header that may stand once stands several times.',
  hint: 'The detail names the header; this is often an attempt to smuggle one past a filter.',
};

export const versionUnsupported: FaultKind = {
  code: 'version-unsupported',
  status: 505,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'The message speaks another version of SIP.',
  hint: 'Only SIP/2.0 is spoken.',
};

export const messageTooLarge: FaultKind = {
  code: 'message-too-large',
  status: 513,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'The message is larger than the cap.',
  hint: 'The detail gives size and cap, see docs/limits.md.',
};

export const unsafeValue: FaultKind = {
  code: 'unsafe-value',
  status: 500,
  outcome: 'server_error',
  layer: 'signaling',
  meaning: 'A value that was to be written into a message contains CR, LF, NUL or what is no octet.',
  hint: 'The value came from configuration or from the other leg; the detail names the header.',
};

export const uriSchemeUnsupported: FaultKind = {
  code: 'uri-scheme-unsupported',
  status: 416,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'The Request-URI has a scheme that cannot be routed.',
  hint: 'Use sip:, sips: or tel:.',
};

export const tooManyHops: FaultKind = {
  code: 'too-many-hops',
  status: 483,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'Max-Forwards has reached zero.',
  hint: 'Look for two systems that route the call to each other.',
};

export const loopDetected: FaultKind = {
  code: 'loop-detected',
  status: 482,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'The request came back unchanged to a hop that it had passed.',
  hint: 'The detail lists the hops; one of them sends the request back.',
};

export const extensionUnsupported: FaultKind = {
  code: 'extension-unsupported',
  status: 420,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'The request requires an extension that is not supported.',
  hint: 'The detail names the option tag and the header that required it.',
};

export const challengeUnsupported: FaultKind = {
  code: 'challenge-unsupported',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'No challenge of the peer can be answered.',
  hint: 'The peer must offer Digest with MD5 or SHA-256 and qop=auth; the detail shows what it sent.',
};

export const challengeForeign: FaultKind = {
  code: 'challenge-foreign',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'The challenge is for a realm that the account does not belong to; it was not answered.',
  hint: 'If the peer is the right one, set the realm of the account to the one in the detail.',
};
