import { hash } from 'node:crypto';
import { magicCookie, type Via } from '../header/via.ts';
import type { SipRequest } from '../message/request.ts';

/** Length of the key in characters; six bits each. */
const keyLength = 11;

/**
 * A key over all that decides where a request goes (RFC 3261 §16.6 step 8): it stands at the end of our branch. A
 * request that comes back with the same key is a loop; with another one it is a spiral. Without the secret nobody can
 * tell the branch, and so forge a response.
 */
export function loopKey(request: SipRequest, secret: string): string {
  const { from, to, callId, cseq } = request;
  const parts = [
    secret,
    request.uri,
    from.params.get('tag') ?? '',
    to.params.get('tag') ?? '',
    callId,
    cseq.number,
    ...request.values('Route'),
    ...request.values('Proxy-Require'),
    ...request.values('Proxy-Authorization'),
  ];
  return hash('md5', parts.join('\n'), 'base64url').slice(0, keyLength);
}

/** Whether the request has passed here before with the same key. `isOwn` tells the Via values of this proxy. */
export function isLoop(request: SipRequest, key: string, isOwn: (via: Via) => boolean): boolean {
  // The common request has one Via: its sender's.
  if (request.elements('Via').length < 2) return false;
  return request.vias.some((via) => isOwn(via) && via.params.get('branch')?.endsWith(key) === true);
}

/** A branch for a request that is forwarded without a transaction: the same for each retransmission (§16.11). */
export function statelessBranch(request: SipRequest, secret: string): string {
  const seed = `${loopKey(request, secret)}\n${request.via.params.get('branch') ?? ''}`;
  return `${magicCookie}${hash('md5', seed, 'base64url')}`;
}
