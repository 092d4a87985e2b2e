import type { FaultKind } from '@tandem/sip';

export const registrarSilent: FaultKind = {
  code: 'registrar-silent',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'The registrar of a trunk has not answered, or cannot be reached.',
  hint: 'Look at the name and port of `registration.server`, and at firewalls between the edge and it; `tandem trace` shows what was sent.',
};

export const registrarRefused: FaultKind = {
  code: 'registrar-refused',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'The registrar of a trunk has answered a REGISTER with a failure.',
  hint: 'The detail has its words. 404 is most often a wrong `registration.user` or `registration.domain`.',
};

export const registrarForbids: FaultKind = {
  code: 'registrar-forbids',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'The registrar of a trunk does not let us in: 403, or credentials that it does not take.',
  hint: 'Compare `auth.username` and `auth.password` with what the provider has given; some lock an account for a while after wrong ones.',
};

export const challengeRefused: FaultKind = {
  code: 'challenge-refused',
  status: 0,
  outcome: 'client_error',
  meaning:
    'A trunk asks for credentials that it does not get: there are none, or the challenge is of another realm.',
  hint: 'Give the trunk `auth`, and in `auth.realm` the realm that the detail names if that is the provider’s.',
};

export const trunkWithoutEdge: FaultKind = {
  code: 'trunk-without-edge',
  status: 0,
  outcome: 'server_error',
  meaning: 'No edge has sent what a trunk node asked for.',
  hint: '`tandem nodes` shows which edges serve; all nodes need the same NATS and the same region.',
};

export const contactSilent: FaultKind = {
  code: 'contact-silent',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A contact of a trunk does not answer OPTIONS, or answers 503.',
  hint: 'Calls go to the other contacts and trunks of the route. The detail says since when, and what came back last.',
};

export const inboundMissing: FaultKind = {
  code: 'registered-but-no-inbound',
  status: 0,
  outcome: 'indeterminate',
  meaning:
    'A trunk is registered, but nothing has come from it since: no request of any kind, nor the OPTIONS that its registrar was sent for us.',
  hint: 'Call one of its numbers. When nothing arrives, the provider calls another address than our contact, or something on the way drops it: look at the contact and at the address that the provider saw.',
};

export const contactForeign: FaultKind = {
  code: 'contact-foreign',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A registrar has answered 200, but our contact is not among those that it says it has.',
  hint: 'Something between rewrites Contact, most often a SIP ALG; switch it off, or use TLS.',
};

export const checkNameUnknown: FaultKind = {
  code: 'trunk-name-unknown',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A name of a trunk leads nowhere.',
  hint: 'Compare the name, its port and its transport with what the provider has given; `tandem doctor` looks at the resolvers, and each transport needs a listener on the edges.',
};

export const checkUnreachable: FaultKind = {
  code: 'trunk-unreachable',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'No server of a trunk can be reached at the address that its name leads to.',
  hint: 'Look at port and transport, at firewalls between the edge and the provider, and whether the provider lets in the address that the edge sends from.',
};

export const checkTlsRefused: FaultKind = {
  code: 'trunk-not-secured',
  status: 0,
  outcome: 'upstream_error',
  meaning:
    'A server of a trunk can be connected to, but does not prove by TLS that it is the one that is wanted.',
  hint: 'The evidence has subject, names and dates of its certificate: name the host that it is for, have the provider renew it, or let TANDEM_SIP_TLS_CA vouch for its authority.',
};

export const checkForbidden: FaultKind = {
  code: 'trunk-forbids',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A trunk answers 403 to OPTIONS: it does not let us in.',
  hint: 'Have the provider let in the address that it has seen, or give the trunk the `auth` and the `registration` that it wants.',
};

export const checkFailing: FaultKind = {
  code: 'contact-failing',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A contact of a trunk answers OPTIONS with a failure of its own.',
  hint: 'Ask the provider: the evidence has what it says.',
};

export const checkNoCodec: FaultKind = {
  code: 'trunk-without-codec',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A trunk says that it has no audio that phones here could be connected with.',
  hint: 'Have the provider offer audio over RTP/AVP with a codec that the phones have, such as PCMA or PCMU, or let `endpoint.codecs` name one that it has.',
};

export const callerIdMissing: FaultKind = {
  code: 'caller-id-missing',
  status: 0,
  outcome: 'client_error',
  meaning: 'Callers have no number that could be shown to a trunk, so that it gets their user names.',
  hint: 'Give users a `callerId`, or the trunk a number in `callerId.fallback`.',
};

export const trunkWithoutNumbers: FaultKind = {
  code: 'trunk-without-numbers',
  status: 0,
  outcome: 'client_error',
  meaning: 'No Number takes the calls of a trunk.',
  hint: 'Add a Number for each number that the provider has given; one with `trunk` is for that trunk alone.',
};

export const sourceUnlisted: FaultKind = {
  code: 'source-unlisted',
  status: 0,
  outcome: 'client_error',
  meaning:
    'A request has come to the Contact of a registration, from an address that `identify.sources` of its trunk does not have.',
  hint: 'When the address is the provider’s, add it to `identify.sources`, or leave `sources` empty: the token in our Contact proves the call.',
};
