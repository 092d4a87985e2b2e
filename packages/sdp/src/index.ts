export { type AnchorEndpoint, anchor } from './anchor.ts';
export { type Codec, isTelephoneEvent, pcma, pcmu, telephoneEvent } from './codec.ts';
export { conceal } from './conceal.ts';
export { describe, type MediaDescription } from './description.ts';
export { type Direction, receives, sends } from './direction.ts';
export * from './faults.ts';
export { type MediaLine, relayable } from './media-line.ts';
export { answerFor, makeAnswer, makeOffer, type UserAgentMedia } from './offer.ts';
export { raiseVersion } from './version.ts';
