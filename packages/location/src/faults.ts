import type { FaultKind } from '@tandem/sip';

export const registrationOutOfOrder: FaultKind = {
  code: 'registration-out-of-order',
  status: 500,
  outcome: 'client_error',
  meaning: 'A REGISTER came after a later one of the same phone (RFC 3261 §10.3); nothing was changed.',
  hint: 'The phone repeats a CSeq, or the network reorders; the next refresh puts it right.',
};

export const contactsExceeded: FaultKind = {
  code: 'contacts-exceeded',
  status: 403,
  outcome: 'client_error',
  meaning: 'The user has as many phones registered as it may; nothing was changed.',
  hint: 'Raise maxContacts of the user, set maxContactsPolicy to replace, or unregister a phone.',
};

export const registrationContended: FaultKind = {
  code: 'registration-contended',
  status: 503,
  outcome: 'server_error',
  meaning: 'So many changed the registrations of one user at once that a change did not get its turn.',
  hint: 'The detail names the user; look for phones that register in a loop.',
};

export const registrationsUnwritten: FaultKind = {
  code: 'registrations-unwritten',
  status: 0,
  outcome: 'server_error',
  meaning:
    'The registrations could not be written to disk; they go on in memory, and the next write is tried.',
  hint: 'The detail names the file and the reason; look for space and permissions.',
};
