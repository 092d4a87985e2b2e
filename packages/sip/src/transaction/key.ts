import { magicCookie } from '../header/via.ts';
import type { SipRequest } from '../message/request.ts';

/**
 * What a request and its retransmissions have in common (RFC 3261 §17.2.3): branch, sent-by and method, in full.
 * With another `method` it is the key of the transaction to which an ACK or a CANCEL belongs.
 */
export function serverKey(request: SipRequest, method: string = request.method): string {
  const { host, port, params } = request.via;
  if (isLegacy(request)) return legacyKey(request, method, request.to.params.get('tag'));
  return `${params.get('branch')}\n${host.toLowerCase()}:${port ?? ''}\n${method}`;
}

/** Whether the sender follows RFC 2543: its branch, if any, identifies nothing. */
export function isLegacy(request: SipRequest): boolean {
  const branch = request.via.params.get('branch');
  return branch === undefined || branch.length === magicCookie.length || !branch.startsWith(magicCookie);
}

/** The key of such a request. It begins with a line end, which no branch does. */
export function legacyKey(request: SipRequest, method: string, toTag: string | undefined): string {
  const { uri, from, callId, cseq } = request;
  const topVia = request.elements('Via')[0];
  const parts = ['', method, uri, topVia, callId, cseq.number, from.params.get('tag'), toTag];
  return parts.join('\n');
}
