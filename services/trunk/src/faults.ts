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
    'A trunk is registered, but nothing has come from it since: no call, and no OPTIONS to our contact.',
  hint: 'Call one of its numbers. When nothing arrives, the provider calls another address than our contact, or something on the way drops it: look at the contact and at the address that the provider saw.',
};

export const contactForeign: FaultKind = {
  code: 'contact-foreign',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A registrar has answered 200, but our contact is not among those that it says it has.',
  hint: 'Something between rewrites Contact, most often a SIP ALG; switch it off, or use TLS.',
};
