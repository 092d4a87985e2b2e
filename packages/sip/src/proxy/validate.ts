import { Fault } from '../fault.ts';
import { loopDetected, tooManyHops, uriSchemeUnsupported } from '../faults.ts';
import type { Via } from '../header/via.ts';
import { excerpt } from '../message/message.ts';
import type { SipRequest } from '../message/request.ts';
import { schemeOf } from '../uri/uri.ts';
import { isLoop } from './loop.ts';

const routable = new Set(['sip', 'sips', 'tel']);

/** Whether a request may be forwarded at all, by RFC 3261 §16.3 steps 2 to 4; the syntax was checked before. */
export function validateForwarding(
  request: SipRequest,
  key: string,
  isOwn: (via: Via) => boolean,
): Fault | undefined {
  const unroutable = checkScheme(request);
  if (unroutable) return unroutable;
  if (request.maxForwards === 0) return new Fault(tooManyHops, `Max-Forwards is 0 after ${hops(request)}`);
  return isLoop(request, key, isOwn) ? new Fault(loopDetected, hops(request)) : undefined;
}

/** Whether the scheme of the Request-URI is spoken (RFC 3261 §8.2.2.1, §16.3 step 2). */
export function checkScheme({ uri }: SipRequest): Fault | undefined {
  const scheme = schemeOf(uri);
  return scheme !== undefined && routable.has(scheme)
    ? undefined
    : new Fault(uriSchemeUnsupported, excerpt(uri));
}

/** The option tags of Require (§8.2.2.3) or Proxy-Require (§16.3 step 5) that are not among the supported ones. */
export function unsupported(
  request: SipRequest,
  name: 'Require' | 'Proxy-Require',
  supported: readonly string[],
): string[] {
  if (!request.has(name)) return [];
  return request.elements(name).filter((tag) => tag !== '' && !supported.includes(tag.toLowerCase()));
}

function hops(request: SipRequest): string {
  return request.vias
    .map((via) => (via.port === undefined ? via.host : `${via.host}:${via.port}`))
    .join(' < ');
}
