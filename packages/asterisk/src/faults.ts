import type { FaultKind } from '@tandem/sip';

export const importUnreadable: FaultKind = {
  code: 'import-unreadable',
  status: 0,
  outcome: 'client_error',
  meaning: 'What is to be imported cannot be read; nothing was written.',
  hint: 'The detail names the path and the reason; give a copy of /etc/asterisk, or one of its files.',
};

export const importTooLarge: FaultKind = {
  code: 'import-too-large',
  status: 0,
  outcome: 'client_error',
  meaning: 'What is to be imported is over a cap; nothing was written.',
  hint: 'The detail names the cap and the place; see docs/limits.md, and import the parts one by one.',
};
