import type { FaultKind } from '@tandem/sip';

// What others have answered, and what it means. The status is the one that most send.

export const peerChallenged: FaultKind = {
  code: 'peer-challenged',
  status: 407,
  outcome: 'client_error',
  layer: 'auth',
  meaning:
    'Somebody outside who is no trunk asks for credentials: nobody here has any for it, and none were sent.',
  hint: 'Make a Trunk of it with auth, or call somebody who asks for nothing; the evidence has its challenge.',
};

export const peerCredentialsRefused: FaultKind = {
  code: 'peer-credentials-refused',
  status: 403,
  outcome: 'upstream_error',
  layer: 'auth',
  meaning: 'A trunk has asked for credentials, got those that are configured, and refused the call.',
  hint: 'Compare auth of the trunk, user name, password and realm, with what the provider has given out.',
};

export const callerIdRefused: FaultKind = {
  code: 'caller-id-refused',
  status: 403,
  outcome: 'upstream_error',
  layer: 'policy',
  meaning: 'Who was called does not take the number or the name that the caller shows.',
  hint: 'Set callerId of the user to a number that the provider has assigned, or endpoint.callerId of the trunk to the shape that it wants.',
};

export const callerIdReplaced: FaultKind = {
  code: 'caller-id-replaced',
  status: 200,
  outcome: 'success',
  layer: 'policy',
  meaning:
    'A trunk has taken the call, and names another number in its response than the one that it was sent and the one that was called.',
  hint: 'Ask the provider which numbers the account may show, and give the user one of those as callerId; or it has connected the call elsewhere.',
};

export const destinationRefused: FaultKind = {
  code: 'destination-refused',
  status: 403,
  outcome: 'upstream_error',
  layer: 'policy',
  meaning: 'A provider does not let this account call that number.',
  hint: 'Ask the provider to open the destination, or send such numbers to another trunk by a Route.',
};

export const peerRefused: FaultKind = {
  code: 'peer-refused',
  status: 403,
  outcome: 'upstream_error',
  layer: 'policy',
  meaning: 'Who was called has refused the call, and does not say what for.',
  hint: 'Ask the provider with the Call-ID; most often it is the number of the caller, the destination, or the balance.',
};

export const peerNumberUnknown: FaultKind = {
  code: 'peer-number-unknown',
  status: 404,
  outcome: 'client_error',
  layer: 'routing',
  meaning: 'Who was asked does not know the number, or cannot tell whom it means.',
  hint: 'Compare the number in the evidence with the one that was dialled: numbering of the trunk, or rewrite of the route, makes one of the other.',
};

export const peerLoop: FaultKind = {
  code: 'peer-loop',
  status: 483,
  outcome: 'upstream_error',
  layer: 'routing',
  meaning: 'The call has gone round: somebody farther on has sent it to where it had been.',
  hint: 'Look for two systems that route the number to each other.',
};

export const mediaRefused: FaultKind = {
  code: 'media-refused',
  status: 488,
  outcome: 'upstream_error',
  layer: 'sdp',
  meaning: 'Who was called supports none of the media that the caller offers.',
  hint: 'Allow a codec, or the encryption, that the evidence names as missing, at one of the two.',
};

export const peerCongested: FaultKind = {
  code: 'peer-congested',
  status: 503,
  outcome: 'upstream_error',
  layer: 'capacity',
  meaning: 'Who was called, or somebody farther on, has no room for the call now.',
  hint: 'Compare the calls of the trunk with what the provider allows; set endpoint.maxCalls, and another trunk in the route.',
};

export const mediaUnheard: FaultKind = {
  code: 'media-unheard',
  status: 0,
  outcome: 'indeterminate',
  layer: 'media',
  meaning:
    'A party, or neither, is heard since the call was answered: none of its packets has come to the media worker.',
  hint: 'Look for a firewall between the party and TANDEM_RTP_LISTEN, and at the address in its description: `tandem trace --verbose`.',
};

export const mediaFromElsewhere: FaultKind = {
  code: 'media-from-elsewhere',
  status: 0,
  outcome: 'indeterminate',
  layer: 'nat',
  meaning:
    'A party is not heard: packets came, but from an address that it has not named and does not signal from.',
  hint: 'An address translator is between: set the outside address in the phone, or let it send media from where it signals.',
};

export const peerFailed: FaultKind = {
  code: 'peer-failed',
  status: 500,
  outcome: 'upstream_error',
  layer: 'signaling',
  meaning: 'Who was called, or somebody farther on, has failed.',
  hint: 'Ask whoever runs the peer in the evidence, with the Call-ID.',
};

export const peerProtocol: FaultKind = {
  code: 'peer-protocol',
  status: 400,
  outcome: 'upstream_error',
  layer: 'signaling',
  meaning: 'Who was called does not understand, or does not take, the request as it is written.',
  hint: 'See the request with `tandem trace --verbose`: the status, and often its words, name the header.',
};
