import type { FaultKind } from '@tandem/sip';

export const sdpMalformed: FaultKind = {
  code: 'sdp-malformed',
  status: 400,
  outcome: 'client_error',
  layer: 'sdp',
  meaning: 'A session description breaks its grammar.',
  hint: 'The detail names the line; compare with RFC 8866 §9.',
};

export const sdpTooLarge: FaultKind = {
  code: 'sdp-too-large',
  status: 400,
  outcome: 'client_error',
  layer: 'sdp',
  meaning: 'A session description has more lines, longer lines or more streams than are read.',
  hint: 'The detail gives the size and the cap, see docs/limits.md.',
};

export const sdpUnsupported: FaultKind = {
  code: 'sdp-unsupported',
  status: 488,
  outcome: 'client_error',
  layer: 'sdp',
  meaning: 'A session description asks for what cannot be relayed.',
  hint: 'The detail names the line; let the call go without anchored media, or change the sender.',
};

export const sdpNotAcceptable: FaultKind = {
  code: 'sdp-not-acceptable',
  status: 488,
  outcome: 'client_error',
  layer: 'sdp',
  meaning: 'An offer has no stream with a codec that is supported.',
  hint: 'The detail lists what was offered; allow one of PCMA and PCMU at the sender.',
};

export const sdpEndpointInvalid: FaultKind = {
  code: 'sdp-endpoint-invalid',
  status: 500,
  outcome: 'server_error',
  layer: 'sdp',
  meaning: 'The address to write into a session description is none.',
  hint: 'The detail shows it; check TANDEM_RTP_ADVERTISE.',
};

export const codecMismatch: FaultKind = {
  code: 'codec-mismatch',
  status: 488,
  outcome: 'client_error',
  layer: 'sdp',
  meaning: 'An offer has no codec that both parties may use: the answer has Warning 305.',
  hint: 'The detail has what was offered and what the parties take; add a codec to `codecs` of the user or the trunk, or to the phone.',
};

export const mediaMismatch: FaultKind = {
  code: 'media-mismatch',
  status: 488,
  outcome: 'client_error',
  layer: 'sdp',
  meaning: 'An offer has only media of a kind of which a party may use no codec: the answer has Warning 304.',
  hint: 'The detail has what was offered and what the parties take; name a codec of that kind in `codecs` of the user or the trunk.',
};
