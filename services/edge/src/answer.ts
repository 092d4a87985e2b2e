import { hash } from 'node:crypto';
import { codecMismatch, mediaMismatch } from '@tandem/sdp';
import { type Fault, type FaultKind, type ResponseContent, respond, type SipRequest } from '@tandem/sip';
import type { EdgeParts, ServerTx } from './parts.ts';

/** Methods that are known; the Allow header of 405 and of OPTIONS. */
export const knownMethods: readonly string[] = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'INFO',
  'UPDATE',
  'PRACK',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'PUBLISH',
  'MESSAGE',
];
export const allow: readonly [string, string] = ['Allow', knownMethods.join(', ')];

/** Option tags that are understood when a request is for the edge itself. */
export const supportedExtensions: readonly string[] = ['path', 'outbound', 'gruu'];

/** Seconds after which a caller that got 503 may try again. */
const retryAfter = '5';

/** What stands before the detail of a fault (RFC 3261 §20.43): who warns, and what of. */
const warnings: ReadonlyMap<FaultKind, string> = new Map([
  [mediaMismatch, '304 tandem "Media type not available'],
  [codecMismatch, '305 tandem "Incompatible media format'],
]);

function quotable(text: string): string {
  return text.replace(/["\\]/g, '?');
}

/** Answers a request in its transaction. */
export function answer(parts: EdgeParts, tx: ServerTx, status: number, content: ResponseContent = {}): void {
  parts.layer.respond(tx, write(tx.request, status, content), parts.now());
}

/** Answers a request and forgets it: what costs no state cannot exhaust it. */
export function answerOnce(
  parts: EdgeParts,
  tx: ServerTx,
  status: number,
  content: ResponseContent = {},
): void {
  parts.load.answered(tx.request);
  parts.layer.respondOnce(tx, write(tx.request, status, content), parts.now());
}

/** Answers a request with what is wrong with it. */
export function answerFault(parts: EdgeParts, tx: ServerTx, fault: Fault): void {
  answer(parts, tx, fault.kind.status, faultContent(fault));
}

/** A response with a tag that is the same for each retransmission of the request (RFC 3261 §8.2.7). */
function write(request: SipRequest, status: number, content: ResponseContent = {}): string {
  return respond(request, status, status === 100 ? content : { toTag: tagFor(request), ...content });
}

/** What the answer to a fault says: the detail where it concerns the sender's own message. */
export function faultContent(fault: Fault): ResponseContent {
  const { status } = fault.kind;
  if (status === 400) return { reason: `Bad Request - ${fault.detail}` };
  if (status === 513) return { reason: `Message Too Large - ${fault.detail}` };
  const warning = warnings.get(fault.kind);
  if (warning !== undefined) return { headers: [['Warning', `${warning}: ${quotable(fault.detail)}"`]] };
  if (status === 503) return { headers: [['Retry-After', retryAfter]] };
  return {};
}

/** The same for each retransmission of a request. */
export function tagFor(request: SipRequest): string {
  const parts = [request.via.params.get('branch'), request.value('Call-ID'), request.value('CSeq')];
  return hash('md5', parts.join('\n'), 'base64url').slice(0, 12);
}
