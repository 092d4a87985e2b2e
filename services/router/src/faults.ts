import type { FaultKind } from '@tandem/sip';

// What is answered with a challenge has status 401 here; for anything but REGISTER it is 407.

export const credentialsMissing: FaultKind = {
  code: 'credentials-missing',
  status: 401,
  outcome: 'success',
  meaning: 'The request has no credentials yet; it was challenged.',
  hint: 'Nothing is wrong when the same Call-ID comes again with credentials.',
};

export const credentialsMalformed: FaultKind = {
  code: 'credentials-malformed',
  status: 401,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'The credentials break their grammar, or are not of the Digest scheme.',
  hint: 'The phone has to be corrected; compare with RFC 7616 §3.4.',
};

export const wrongDomain: FaultKind = {
  code: 'wrong-domain',
  status: 401,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'A phone wants to register in a domain that no tenant has.',
  hint: 'Set the domain of the phone to one in the detail, or add the domain to a tenant, or set ownAddresses.',
};

export const wrongRealm: FaultKind = {
  code: 'wrong-realm',
  status: 401,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'The credentials are for another realm than the one of the challenge.',
  hint: 'Let the phone take the realm from the challenge; the detail names both.',
};

export const accountUnknown: FaultKind = {
  code: 'account-unknown',
  status: 401,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'The credentials name a user that the tenant does not have.',
  hint: 'Correct the user name in the phone, or add the user; the detail has the name.',
};

export const wrongPassword: FaultKind = {
  code: 'wrong-password',
  status: 401,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'The user exists, but the response does not prove its password.',
  hint: 'Correct the password in the phone; a ha1 holds only for the name and the first domain of the tenant.',
};

export const digestUnprotected: FaultKind = {
  code: 'digest-unprotected',
  status: 401,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'The response came without qop=auth, or for an algorithm that was not offered.',
  hint: 'The phone must support qop=auth and one of the algorithms of the tenant.',
};

export const nonceStale: FaultKind = {
  code: 'nonce-stale',
  status: 401,
  outcome: 'success',
  meaning: 'The password is right, the nonce is too old; the phone answers the next one by itself.',
  hint: 'Raise nonceLifetime of the tenant when this is too frequent.',
};

export const nonceForged: FaultKind = {
  code: 'nonce-forged',
  status: 401,
  outcome: 'client_error',
  meaning: 'The password is right, but the nonce was not issued here for this realm and algorithm.',
  hint: 'Usual after the cluster secret has changed; else look for nodes with different secrets.',
};

export const nonceReplayed: FaultKind = {
  code: 'nonce-replayed',
  status: 401,
  outcome: 'client_error',
  meaning: 'Nonce and count have been used before: the phone does not count, or somebody replays a capture.',
  hint: 'A phone answers the next challenge by itself; look at the source when it does not.',
};

export const accountDisabled: FaultKind = {
  code: 'account-disabled',
  status: 403,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'The user has proven itself, but is disabled.',
  hint: 'Set enabled of the user.',
};

export const identityMismatch: FaultKind = {
  code: 'identity-mismatch',
  status: 403,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'A proven user claims to be somebody else, in From or as the one who registers.',
  hint: 'The name in From and To must be the name, an alias or the callerId of the user who authenticates.',
};

export const sourceForeign: FaultKind = {
  code: 'source-foreign',
  status: 403,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'A user has proven itself, but from an address where it may not be.',
  hint: 'Add the address to sources of the user, or find out who has the password; the detail names both.',
};

export const trunkAmbiguous: FaultKind = {
  code: 'trunk-ambiguous',
  status: 403,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'A request could be of two trunks, and nothing tells of which.',
  hint: 'Tell the two in the detail apart: by identify.line, by more conditions in identify.match, or by smaller networks.',
};

export const trunkDisabled: FaultKind = {
  code: 'trunk-disabled',
  status: 403,
  outcome: 'client_error',
  layer: 'auth',
  meaning: 'A request comes from a trunk that is disabled.',
  hint: 'Set enabled of the trunk.',
};

export const trunkMethodRefused: FaultKind = {
  code: 'trunk-method-refused',
  status: 405,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A trunk sent a request outside a dialog that is no INVITE, MESSAGE or OPTIONS.',
  hint: 'Trunks call numbers and write to them; subscriptions are between users, and what a server notifies of unasked is not served.',
};

export const trunkUnusable: FaultKind = {
  code: 'trunk-unusable',
  status: 503,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'A route matches, but none of its trunks is enabled.',
  hint: 'Enable a trunk of the route, or name others in it; the explanation has the route.',
};

export const privacyUnavailable: FaultKind = {
  code: 'privacy-unavailable',
  status: 500,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'A caller insists on a privacy that cannot be had (RFC 3323, `critical`).',
  hint: 'Known are id, user, header, session, history and none; the detail has what was asked for.',
};

export const numberMissing: FaultKind = {
  code: 'number-missing',
  status: 404,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'A call from a trunk has no number where the trunk should put it.',
  hint: 'Set endpoint.didFrom of the trunk to where the provider puts it; the detail has the Request-URI.',
};

export const numberUnknown: FaultKind = {
  code: 'number-unknown',
  status: 404,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'A call from a trunk is for a number that its tenant does not have, or not by this trunk.',
  hint: 'Add a Number, or the spelling to its aliases, or correct endpoint.didFrom of the trunk; the detail has what was read.',
};

export const domainForeign: FaultKind = {
  code: 'domain-foreign',
  status: 403,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'The request is for a domain that is not served here.',
  hint: 'Set callsToOtherDomains of the tenant to allow such calls; ownAddresses if it is the address of an edge.',
};

export const userUnknown: FaultKind = {
  code: 'user-unknown',
  status: 404,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'Nobody has the name or number that was called.',
  hint: 'The detail has the nearest names.',
};

export const gruuExpired: FaultKind = {
  code: 'gruu-expired',
  status: 404,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'A temporary GRUU is valid no more: its phone has registered with another Call-ID, or is gone.',
  hint: 'Call the user, or the public GRUU of the phone (RFC 5627 §3.1).',
};

export const firstHopLacksOutbound: FaultKind = {
  code: 'first-hop-lacks-outbound',
  status: 439,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A phone asks for RFC 5626, but the proxy between it and the edge does not do its part.',
  hint: 'The phone registers again without it; or let the proxy put `ob` into its Path (RFC 5626 §5.1).',
};

export const contactIsOwn: FaultKind = {
  code: 'contact-is-own',
  status: 403,
  outcome: 'client_error',
  meaning: 'A contact is itself a GRUU of a domain that is served here: calls would go round.',
  hint: 'The phone has to register the address that it can be reached at.',
};

export const userDisabled: FaultKind = {
  code: 'user-disabled',
  status: 404,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'The user that was called is disabled, which a caller cannot tell from unknown.',
  hint: 'Set enabled of the user.',
};

export const userNotRegistered: FaultKind = {
  code: 'user-not-registered',
  status: 480,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'The user that was called has no phone registered.',
  hint: 'See `tandem registrations`.',
};

export const sipsUnreachable: FaultKind = {
  code: 'sips-unreachable',
  status: 480,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A sips URI was called, but not over TLS alone could anybody be reached there (RFC 5630 §5.3).',
  hint: 'A phone has to register a sips Contact over TLS or a secure WebSocket, a trunk needs a sips contact; or call the sip URI.',
};

export const referralForeign: FaultKind = {
  code: 'referral-foreign',
  status: 403,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'A call comes by a transfer that was not given to its trunk, or leads to somebody outside.',
  hint: 'The detail says which; transfers by a trunk lead to users of its tenant, or to numbers that the same trunk reaches.',
};

export const eventUnserved: FaultKind = {
  code: 'event-unserved',
  status: 489,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A phone wants to follow or publish a state that no server here keeps, such as presence.',
  hint: 'Switch that off in the phone: the detail names the event package.',
};

export const notifyForeign: FaultKind = {
  code: 'notify-foreign',
  status: 481,
  outcome: 'client_error',
  meaning: 'A user sends a NOTIFY to a phone of another tenant, which has subscribed to nothing.',
  hint: 'Nothing: only users of the same tenant may.',
};

export const intervalTooBrief: FaultKind = {
  code: 'interval-too-brief',
  status: 423,
  outcome: 'client_error',
  meaning: 'A phone wants to register for less time than the tenant allows.',
  hint: 'The phone repeats the request with Min-Expires; lower registration.minExpires if it does not.',
};

export const sessionTooBrief: FaultKind = {
  code: 'session-too-brief',
  status: 422,
  outcome: 'client_error',
  meaning: 'A caller asks for a shorter session timer than its tenant allows.',
  hint: 'The phone repeats the call with Min-SE; lower sessionTimer.minExpires of the tenant if it does not.',
};

export const storeUnavailable: FaultKind = {
  code: 'store-unavailable',
  status: 503,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'The registration store, or the one of nonce counts, did not answer.',
  hint: 'The detail has its error; the phone tries again after Retry-After.',
};

export const dryRunInvalid: FaultKind = {
  code: 'dry-run-invalid',
  status: 0,
  outcome: 'client_error',
  meaning: 'A dry run of a route was asked for a caller that is nobody here.',
  hint: 'Name a user of the configuration, with its domain where several tenants have one of that name.',
};

export const callerUnknown: FaultKind = {
  code: 'caller-unknown',
  status: 0,
  outcome: 'client_error',
  meaning: 'The caller of a dry run is nobody who could call.',
  hint: 'Write the caller as user@domain; the detail says what was found.',
};

export const callLimitReached: FaultKind = {
  code: 'call-limit-reached',
  status: 480,
  outcome: 'client_error',
  layer: 'capacity',
  meaning: 'The caller, or its tenant, has as many calls as it may have.',
  hint: 'The detail names the limit: raise limits.maxCalls of the tenant or maxCalls of the user, or wait for a call to end.',
};

export const calleeLimitReached: FaultKind = {
  code: 'callee-limit-reached',
  status: 486,
  outcome: 'success',
  meaning: 'The callee has as many calls as it may have, and counts as busy.',
  hint: 'Raise maxCalls of the user.',
};

export const shareExceeded: FaultKind = {
  code: 'share-exceeded',
  status: 503,
  outcome: 'client_error',
  layer: 'capacity',
  meaning:
    'The tenant begins more calls in a second than its share; its further calls are refused for a moment.',
  hint: 'Raise limits.callsPerSecond of the tenant, or slow down whoever dials.',
};

export const routerOverloaded: FaultKind = {
  code: 'router-overloaded',
  status: 503,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'A router decides as many requests at once as it may; the edge asks another one.',
  hint: 'Add routers, or look for a store that is slow.',
};

export const routerFailed: FaultKind = {
  code: 'router-failed',
  status: 503,
  outcome: 'server_error',
  layer: 'routing',
  meaning: 'A router could not decide a request because of a defect; the edge asks another one.',
  hint: 'Report it with the error in the log of the router.',
};

export const routerListenFailed: FaultKind = {
  code: 'router-listen-failed',
  status: 0,
  outcome: 'server_error',
  meaning: 'The address where edges ask a router cannot be listened on.',
  hint: 'Most often another process has the port: set TANDEM_ROUTER_LISTEN.',
};

export const edgeUnproven: FaultKind = {
  code: 'edge-unproven',
  status: 0,
  outcome: 'client_error',
  meaning: 'Somebody who does not have the cluster secret wanted to ask a router, and was refused.',
  hint: 'Give all nodes the same TANDEM_CLUSTER_SECRET and the same time; else find out who asks.',
};

export const numberUnusable: FaultKind = {
  code: 'number-unusable',
  status: 500,
  outcome: 'server_error',
  layer: 'routing',
  meaning: 'A rule of a route rewrites the number to what is no number; nothing else gets into a URI.',
  hint: 'Correct `rewrite` of the route in the detail.',
};

export const callRedirected: FaultKind = {
  code: 'call-redirected',
  status: 302,
  outcome: 'success',
  meaning: 'The route answers with the contacts of its trunks instead of calling them.',
  hint: 'Nothing is wrong; without `redirect` of the route the call is sent on.',
};

export const trunkLimitReached: FaultKind = {
  code: 'trunk-limit-reached',
  status: 503,
  outcome: 'client_error',
  layer: 'capacity',
  meaning: 'A trunk has as many calls as its maxCalls lets it have.',
  hint: 'Raise endpoint.maxCalls of the trunk in the detail, or see why its calls do not end.',
};

export const classMissing: FaultKind = {
  code: 'class-missing',
  status: 403,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'Only routes with a class of service that the user does not have lead to the number.',
  hint: 'Add the class in the detail to the classes of the user, if it may call there.',
};

export const trunkChallengeRefused: FaultKind = {
  code: 'trunk-challenge-refused',
  status: 403,
  outcome: 'client_error',
  layer: 'auth',
  meaning:
    'A trunk has asked for credentials that it does not get: it has none, or the challenge is not its own.',
  hint: 'Give the trunk `auth`, and in `auth.realm` the realm that the detail names if that is the provider’s.',
};
