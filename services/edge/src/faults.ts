import type { FaultKind } from '@tandem/sip';

export * from './diagnosis/kinds.ts';

export const dialogUnknown: FaultKind = {
  code: 'dialog-unknown',
  status: 481,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A request within a dialog carries no token of ours, or one of another dialog.',
  hint: 'The phone lost or changed the Route set; the detail names Call-ID and tags.',
};

export const bodyRefused: FaultKind = {
  code: 'body-refused',
  status: 415,
  outcome: 'client_error',
  layer: 'policy',
  meaning:
    'A message for a peer that is hidden from has a body which may tell where its sender is, and which the peer has to have.',
  hint: 'The detail has its type. Let the phone mark it as optional, or trust the peer and set its hideTopology to false.',
};

export const hopInsecure: FaultKind = {
  code: 'hop-insecure',
  status: 403,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'A request for a sips URI came in the clear, or would have to leave so (RFC 3261 §26.2.2).',
  hint: 'Let the phone send it over TLS or a secure WebSocket, or call the sip URI; the detail has the transport.',
};

export const contactInsecure: FaultKind = {
  code: 'contact-insecure',
  status: 400,
  outcome: 'client_error',
  layer: 'signaling',
  meaning:
    'A request for a sips URI that begins a dialog has a Contact that is not sips (RFC 3261 §8.1.1.8).',
  hint: 'Call the sip URI, or set the phone to write sips Contacts.',
};

export const transferRefused: FaultKind = {
  code: 'transfer-refused',
  status: 403,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'A REFER would send a party where it cannot, or may not, be sent.',
  hint: 'The detail says why. Only peers that are trusted transfer phones; a trunk is sent to users and to numbers that it reaches.',
};

export const transactionUnknown: FaultKind = {
  code: 'transaction-unknown',
  status: 481,
  outcome: 'client_error',
  meaning: 'A CANCEL matches no INVITE.',
  hint: 'The INVITE was answered before, or the CANCEL has another branch (RFC 3261 §9.1).',
};

export const methodNotAllowed: FaultKind = {
  code: 'method-not-allowed',
  status: 405,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'The method is known but may not begin anything here.',
  hint: 'See the Allow header of the answer.',
};

export const methodUnknown: FaultKind = {
  code: 'method-unknown',
  status: 501,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'The method is not known.',
  hint: 'See the Allow header of the answer.',
};

export const routerUnavailable: FaultKind = {
  code: 'router-unavailable',
  status: 503,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'No router gave a verdict in time.',
  hint: 'Look at the routers: are any running, and how long do their verdicts take?',
};

export const routerRefused: FaultKind = {
  code: 'router-refused',
  status: 0,
  outcome: 'server_error',
  meaning: 'A router cannot be reached, or wants to know nothing of this edge; others are asked.',
  hint: 'The detail has the reason. A proof that is refused: give all nodes the same TANDEM_CLUSTER_SECRET and the same time.',
};

export const mediaUnavailable: FaultKind = {
  code: 'media-unavailable',
  status: 503,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'No media worker took the call.',
  hint: 'The detail says whether none answered or all ports are taken.',
};

export const mediaLost: FaultKind = {
  code: 'media-lost',
  status: 503,
  outcome: 'server_error',
  layer: 'media',
  meaning: 'The media worker of a call is gone, or does not know its session any more.',
  hint: 'Look for the end of the worker that the session names; its calls are moved to another one.',
};

export const mediaLate: FaultKind = {
  code: 'media-late',
  status: 504,
  outcome: 'server_error',
  layer: 'media',
  meaning: 'The media worker of a call lives, and did not answer in time, nor when it was asked again.',
  hint: 'The detail names its subject; look at the load of that worker and at NATS.',
};

export const edgeOverloaded: FaultKind = {
  code: 'edge-overloaded',
  status: 503,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'The edge has as many transactions as it may have, or no time for more.',
  hint: 'Add edges; tandem_sip_shed_total says what is short, and tandem_sip_refused_total whether it is a flood.',
};

export const sourceLimited: FaultKind = {
  code: 'source-limited',
  status: 503,
  outcome: 'client_error',
  layer: 'policy',
  meaning: 'A source sends more requests than it may, or has not answered its challenges.',
  hint: 'Add carriers and systems that are known to TANDEM_SIP_TRUSTED, or raise TANDEM_SIP_SOURCE_RATE.',
};

export const edgeStopping: FaultKind = {
  code: 'edge-stopping',
  status: 503,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'The edge is shutting down and takes no new calls.',
  hint: 'Nothing to do: the caller tries another edge.',
};

export const targetUnreachable: FaultKind = {
  code: 'target-unreachable',
  status: 480,
  outcome: 'upstream_error',
  layer: 'signaling',
  meaning:
    'A target cannot be sent to: its connection is gone, its name does not resolve or nothing listens there.',
  hint: 'The detail names the target and the cause; the phone has to register again.',
};

export const resolverRefused: FaultKind = {
  code: 'resolver-refused',
  status: 0,
  outcome: 'server_error',
  meaning: 'A DNS resolver was asked for a name and did not say whether it exists; others are asked.',
  hint: 'SERVFAIL: the name servers of the domain do not answer, or DNSSEC fails. REFUSED: the resolver does not serve this node.',
};

export const resolverSilent: FaultKind = {
  code: 'resolver-silent',
  status: 503,
  outcome: 'server_error',
  layer: 'signaling',
  meaning: 'No DNS resolver has said where a name leads; calls to names that were known before go on.',
  hint: 'The detail names the question, the resolvers and why: see TANDEM_DNS_SERVERS, or /etc/resolv.conf of the node.',
};

export const targetsExhausted: FaultKind = {
  code: 'targets-exhausted',
  status: 503,
  outcome: 'upstream_error',
  layer: 'signaling',
  meaning: 'A name leads to several places, and none of them took the request.',
  hint: 'The detail lists each place with what came of it: not answered, refused, or 503.',
};

export const flowFailed: FaultKind = {
  code: 'flow-failed',
  status: 430,
  outcome: 'upstream_error',
  layer: 'signaling',
  meaning: 'Another edge asked for a request to be sent over a flow of this one, which is gone.',
  hint: 'The phone has to register again; the edge that asked tries the next contact.',
};

export const phoneSilent: FaultKind = {
  code: 'phone-silent',
  status: 0,
  outcome: 'upstream_error',
  meaning: 'A phone behind a NAT has not answered several questions whether it is there.',
  hint: 'It is switched off, or the NAT has forgotten it: it is reached again when it registers or answers.',
};

export const natClosed: FaultKind = {
  code: 'nat-closed',
  status: 408,
  outcome: 'upstream_error',
  layer: 'nat',
  meaning: 'Layer nat: a phone behind a NAT gave no sign; most often the NAT has forgotten the way to it.',
  hint: 'Leave registration.keepAlive on, below the time that the NAT remembers a silent UDP flow, or use TCP or TLS.',
};

export const transportUnsupported: FaultKind = {
  code: 'transport-unsupported',
  status: 480,
  outcome: 'client_error',
  layer: 'signaling',
  meaning: 'A target asks for a transport that no listener of this edge speaks.',
  hint: 'Add a listener to TANDEM_SIP_LISTEN, or correct the transport parameter.',
};

export const ringTimeout: FaultKind = {
  code: 'ring-timeout',
  status: 408,
  outcome: 'success',
  meaning: 'Nobody answered within the ring time.',
  hint: 'The ring time is the ringTimeout of the user or the tenant.',
};

export const mediaSilent: FaultKind = {
  code: 'media-silent',
  status: 0,
  outcome: 'indeterminate',
  layer: 'media',
  meaning: 'A call was ended because no packet had come from either side for a long time.',
  hint: 'Both phones are gone, or both networks. The limit is media.inactivity of the tenant.',
};

export const sessionExpired: FaultKind = {
  code: 'session-expired',
  status: 0,
  outcome: 'indeterminate',
  layer: 'signaling',
  meaning: 'A call was ended because no phone refreshed its session timer in time.',
  hint: 'The phone that had to is gone, or its network. The time is what the phones agreed on, see sessionTimer of the tenant.',
};

export const systemStopped: FaultKind = {
  code: 'system-stopped',
  status: 0,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'A call was ended because the switch was stopped.',
  hint: 'Nothing to do.',
};

export const edgeLost: FaultKind = {
  code: 'edge-lost',
  status: 0,
  outcome: 'server_error',
  layer: 'signaling',
  meaning: 'A call rang at an edge that has died; another edge has closed its record.',
  hint: 'Look for the end of the edge that the record names; calls that were answered have gone on.',
};

export const edgeDraining: FaultKind = {
  code: 'edge-draining',
  status: 503,
  outcome: 'server_error',
  layer: 'capacity',
  meaning: 'The edge is being drained and takes no new calls and registrations.',
  hint: 'Nothing to do: phones and callers go to another edge.',
};

export const callStoreSilent: FaultKind = {
  code: 'call-store-silent',
  status: 0,
  outcome: 'server_error',
  meaning: 'The store of call records has not answered in time.',
  hint: 'Look at the load of the store; calls go on, and their records are written when it answers.',
};

export const mediaMoving: FaultKind = {
  code: 'media-moving',
  status: 491,
  outcome: 'server_error',
  meaning: 'A party wanted to change its media while the call was being moved to another media worker.',
  hint: 'Nothing to do: the phone tries again by itself (RFC 3261 §14.1).',
};

export const partyLost: FaultKind = {
  code: 'party-lost',
  status: 0,
  outcome: 'indeterminate',
  layer: 'signaling',
  meaning: 'A party did not know its call any more, or was silent, when the media of the call was moved.',
  hint: 'Most often the phone was gone before: look at whether it has registered since.',
};

export const listenerUnavailable: FaultKind = {
  code: 'listener-unavailable',
  status: 0,
  outcome: 'server_error',
  meaning: 'An address of TANDEM_SIP_LISTEN cannot be listened on.',
  hint: 'The detail names address and cause: most often another process has the port.',
};

export const advertiseNeeded: FaultKind = {
  code: 'advertise-needed',
  status: 0,
  outcome: 'client_error',
  meaning:
    'A listener stands for all addresses of the machine, so that peers cannot be told which one to use.',
  hint: 'Set TANDEM_SIP_ADVERTISE to the address that phones reach this node by.',
};

export const shareRests: FaultKind = {
  code: 'share-rests',
  status: 503,
  outcome: 'client_error',
  layer: 'capacity',
  meaning:
    'A router has just found the tenant to be over its share of calls in a second: the next ones are refused at once.',
  hint: 'As for share-exceeded: raise limits.callsPerSecond of the tenant, or slow down whoever dials.',
};

export const tlsFilesUnusable: FaultKind = {
  code: 'tls-files-unusable',
  status: 0,
  outcome: 'client_error',
  meaning:
    'A file with a certificate, a key or authorities cannot be used. While running, what was read before stays.',
  hint: 'The detail names the file and the cause. Files are PEM; each certificate needs the key that belongs to it.',
};

export const certificateRefused: FaultKind = {
  code: 'certificate-refused',
  status: 480,
  outcome: 'upstream_error',
  layer: 'signaling',
  meaning: 'A peer showed a certificate that does not prove who it should be: nothing was sent to it.',
  hint: 'The detail has subject, names, the name that was wanted and the dates: the peer renews its certificate, or TANDEM_SIP_TLS_CA gets its authority.',
};

export const trunkChallenged: FaultKind = {
  code: 'trunk-challenged',
  status: 403,
  outcome: 'upstream_error',
  layer: 'auth',
  meaning:
    'A trunk asks for credentials and does not get them, or does not take those that it got. Those of the calling phone are none of its business.',
  hint: 'Let the provider know this system by its address, or use another trunk; the detail has the URI that was called.',
};

export const trunkFull: FaultKind = {
  code: 'trunk-full',
  status: 503,
  outcome: 'client_error',
  layer: 'capacity',
  meaning:
    'A trunk that is to be called has as many calls as its maxCalls lets it have, and no other one is left.',
  hint: 'Raise endpoint.maxCalls of the trunk, or add another trunk to the route; the detail names the limit.',
};

export const outsideRequestRefused: FaultKind = {
  code: 'outside-request-refused',
  status: 405,
  outcome: 'server_error',
  meaning: 'A node has asked an edge to send a request that edges do not send for others.',
  hint: 'Edge and trunk nodes should be of the same release; the detail names the method.',
};
