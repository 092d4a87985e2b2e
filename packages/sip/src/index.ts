export {
  calleeDialog,
  callerDialog,
  type Dialog,
  type DialogRequest,
  dialogRequest,
  refreshTarget,
} from './dialog/dialog.ts';
export { type DigestAlgorithm, digestAlgorithms, readAlgorithm } from './digest/algorithm.ts';
export { type Account, answerChallenge, type Challenged } from './digest/answer.ts';
export { quote } from './digest/auth-params.ts';
export { type Challenge, parseChallenge, writeChallenge } from './digest/challenge.ts';
export { type CredentialsHeader, DigestClient, isStale } from './digest/client.ts';
export { type Credentials, parseCredentials } from './digest/credentials.ts';
export { areOwnCredentials, foreignCredentials } from './digest/foreign.ts';
export { type HmacKey, hmac, hmacKey } from './digest/hmac.ts';
export { checkNonce, issueNonce, type NonceCheck, type NonceScope } from './digest/nonce.ts';
export { computeHa1, type Verification, verifyResponse } from './digest/response.ts';
export * from './fault.ts';
export * from './faults.ts';
export { type CSeq, parseCSeq } from './header/cseq.ts';
export { splitList } from './header/list.ts';
export { type NameAddr, parseNameAddr } from './header/name-addr.ts';
export type { Params } from './header/params.ts';
export { magicCookie, parseVia, type Via } from './header/via.ts';
export { limits } from './limits.ts';
export { type Located, locate, type Speech } from './locate/locate.ts';
export type {
  Answers,
  Known,
  NaptrRecord,
  Question,
  Records,
  RecordType,
  SrvRecord,
} from './locate/records.ts';
export {
  defaultTransport,
  literalOf,
  namedTransport,
  type Target,
  type TransportName,
} from './locate/target.ts';
export { checkMessage } from './message/check.ts';
export { composeRequest, type RequestContent } from './message/compose.ts';
export { Edit } from './message/edit.ts';
export { type Frame, Framer } from './message/framer.ts';
export { headerLine } from './message/header-line.ts';
export { type HeaderName, headerId } from './message/header-name.ts';
export { excerpt, SipMessage } from './message/message.ts';
export { type BodyPart, type MediaType, parseMediaType, readParts } from './message/multipart.ts';
export { parseMessage } from './message/parse.ts';
export { reasonPhrase } from './message/reason.ts';
export { SipRequest } from './message/request.ts';
export { type ResponseContent, respond } from './message/respond.ts';
export { SipResponse } from './message/response.ts';
export { wireText } from './message/wire-text.ts';
export { type BranchResult, mergedChallenges } from './proxy/best-response.ts';
export { type Forwarding, forwardRequest, nextHop } from './proxy/forward.ts';
export { loopKey, statelessBranch } from './proxy/loop.ts';
export { asksForFlow, isBehindNat } from './proxy/nat.ts';
export {
  addBranch,
  type CancelReason,
  type ContextEffect,
  createContext,
  followRedirection,
  groupStarted,
  hasSettled,
  isWanted,
  type ResponseContext,
  startContext,
  stepContext,
} from './proxy/response-context.ts';
export { type IsOwn, type RouteInformation, routeInformation } from './proxy/route.ts';
export { replyPort, stampVia } from './proxy/stamp-via.ts';
export { checkScheme, unsupported, validateForwarding } from './proxy/validate.ts';
export { answerBinding } from './stun/binding.ts';
export { readMappedAddress, transactionOctets, writeBindingRequest } from './stun/mapped-address.ts';
export { Timer } from './timer/timer.ts';
export { TimerWheel, tickMs } from './timer/wheel.ts';
export { branchOwner } from './transaction/branch.ts';
export type { ClientTransaction } from './transaction/client-transaction.ts';
export { type LayerOptions, type Tallies, TransactionLayer, type Welcome } from './transaction/layer.ts';
export type { TransactionFailure, TransactionListener } from './transaction/listener.ts';
export type { ServerTransaction } from './transaction/server-transaction.ts';
export { timers } from './transaction/timers.ts';
export {
  type AddressBlock,
  formatAddressBlock,
  type IpAddress,
  maskAddress,
  parseAddressBlock,
  parseIpAddress,
  parseIpv4,
} from './uri/address-block.ts';
export { BlockMap } from './uri/block-map.ts';
export { sameUri } from './uri/compare.ts';
export { escapeUser, unescapeText } from './uri/escape.ts';
export { bareHost, type HostPort, hostInUri, parseBareHostPort, parseHostPort } from './uri/host-port.ts';
export type { SipUri } from './uri/sip-uri.ts';
export { stripSeparators, type TelUri } from './uri/tel-uri.ts';
export { hostOf, isSips, parseUri, schemeOf, type Uri, withoutUser, withUser } from './uri/uri.ts';
