import type { FaultKind } from '@tandem/sip';

export const mediaExhausted: FaultKind = {
  code: 'media-exhausted',
  status: 503,
  outcome: 'server_error',
  meaning: 'A media worker has no port left for a stream.',
  hint: 'Add workers, or widen TANDEM_RTP_LISTEN.',
};

export const mediaSessionUnknown: FaultKind = {
  code: 'media-session-unknown',
  status: 481,
  outcome: 'server_error',
  meaning: 'A media worker does not know the session: it was closed, or the worker was started anew.',
  hint: 'Anchor the call anew; look for restarts of the worker that the session names.',
};

export const mediaSourceAmbiguous: FaultKind = {
  code: 'media-source-ambiguous',
  status: 488,
  outcome: 'server_error',
  meaning: 'A stream that shares a port cannot be told apart from another by where its packets come from.',
  hint: 'Give the source addresses of the party when the session is opened, so that it gets a port of its own.',
};

export const mediaDraining: FaultKind = {
  code: 'media-draining',
  status: 503,
  outcome: 'server_error',
  meaning: 'A media worker is being drained and takes no more calls.',
  hint: 'Nothing to do: the edge asks the next worker.',
};

export const mediaCommandInvalid: FaultKind = {
  code: 'media-command-invalid',
  status: 500,
  outcome: 'server_error',
  meaning: 'A command to a media worker cannot be understood.',
  hint: 'The detail names the field; edge and worker should be of the same release.',
};

export const mediaFailed: FaultKind = {
  code: 'media-failed',
  status: 500,
  outcome: 'server_error',
  meaning: 'A media worker failed over a command in a way that nobody foresaw.',
  hint: 'The worker’s log has the stack; please report it.',
};

export const mediaPortsTaken: FaultKind = {
  code: 'media-ports-taken',
  status: 0,
  outcome: 'server_error',
  meaning: 'A media worker cannot open the ports that its streams are to share.',
  hint: 'The detail names the range: free it, or set TANDEM_RTP_LISTEN or TANDEM_RTP_POOL.',
};
