import type { FaultKind } from '@tandem/sip';

export const configurationInvalid: FaultKind = {
  code: 'configuration-invalid',
  status: 0,
  outcome: 'client_error',
  meaning: 'The configuration was rejected as a whole; what ran before goes on.',
  hint: 'Each line of the detail names file, line, kind, name and field.',
};

export const configurationUnreadable: FaultKind = {
  code: 'configuration-unreadable',
  status: 0,
  outcome: 'client_error',
  meaning: 'The folder of the configuration cannot be read.',
  hint: 'The detail names the path and the reason; look for its permissions.',
};
