import type { FaultKind } from '@tandem/sip';

export const phoneAddressUnavailable: FaultKind = {
  code: 'phone-address-unavailable',
  status: 0,
  outcome: 'client_error',
  meaning: 'The phone cannot listen on its address, or has no port left for audio.',
  hint: 'The detail names the address; leave the port out to have the system choose one.',
};

export const accountMalformed: FaultKind = {
  code: 'account-malformed',
  status: 0,
  outcome: 'client_error',
  meaning: 'User, domain or display name of an account cannot stand in a SIP address.',
  hint: 'The detail shows the address; the domain has to be a host name or an IP address.',
};

export const proxyUnknown: FaultKind = {
  code: 'proxy-unknown',
  status: 0,
  outcome: 'client_error',
  meaning: 'The host name of the proxy does not resolve.',
  hint: 'Give an IP address, or a name that this machine can resolve.',
};

export const proxySilent: FaultKind = {
  code: 'proxy-silent',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'The proxy has not answered a request in time.',
  hint: 'Nothing listens there, or a firewall drops the packets; `tandem up` starts a switch.',
};

export const proxyUnreachable: FaultKind = {
  code: 'proxy-unreachable',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'The connection to the proxy was refused or is broken.',
  hint: 'Nothing listens there; `tandem up` starts a switch.',
};

export const credentialsRefused: FaultKind = {
  code: 'credentials-refused',
  status: 0,
  outcome: 'client_error',
  meaning: 'The registrar has not accepted the credentials.',
  hint: 'The user is unknown in that domain, or the password is wrong.',
};

export const registrationRefused: FaultKind = {
  code: 'registration-refused',
  status: 0,
  outcome: 'client_error',
  meaning: 'The registrar has refused the registration.',
  hint: 'The detail gives status and reason of the response.',
};

export const targetMalformed: FaultKind = {
  code: 'target-malformed',
  status: 0,
  outcome: 'client_error',
  meaning: 'What is to be called is neither a user, a number nor a URI.',
  hint: 'Give a name such as 1002, an address such as 1002@acme.example, or a sip: or tel: URI.',
};

export const callRefused: FaultKind = {
  code: 'call-refused',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'The call ended before it was answered.',
  hint: 'The detail gives status and reason.',
};

export const callNotInProgress: FaultKind = {
  code: 'call-not-in-progress',
  status: 0,
  outcome: 'client_error',
  meaning: 'What was asked needs a call that is in another state.',
  hint: 'The detail names the state; wait for the answer, and expect the other side to hang up at any time.',
};

export const sessionChangeRefused: FaultKind = {
  code: 'session-change-refused',
  status: 0,
  outcome: 'upstream_error',
  meaning:
    'The other side has refused to change the session of a call, such as to hold it; the call goes on.',
  hint: 'The detail gives status and reason of the response.',
};

export const answerMissing: FaultKind = {
  code: 'answer-missing',
  status: 488,
  outcome: 'upstream_error',
  meaning: 'The other side has accepted a call or a change without a session description.',
  hint: 'It breaks RFC 3264; look at what lies between.',
};

export const dtmfUnavailable: FaultKind = {
  code: 'dtmf-unavailable',
  status: 0,
  outcome: 'client_error',
  meaning: 'Digits cannot be sent: the other side takes no telephone events, or they are none.',
  hint: 'Digits are 0-9, *, # and A-D; the other side has to offer or answer telephone-event/8000.',
};

export const wavUnusable: FaultKind = {
  code: 'wav-unusable',
  status: 0,
  outcome: 'client_error',
  meaning: 'A WAV file cannot be read, played or written.',
  hint: 'The detail names the file; mono with 8000 samples a second is played, as 16-bit PCM or G.711.',
};
