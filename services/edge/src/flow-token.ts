import { parseUri, type SipRequest } from '@tandem/sip';
import { decodeHop, encodeHop } from './hop.ts';
import { OctetReader } from './octets.ts';
import { isProven, seal, type TokenKey, unseal } from './seal.ts';
import type { Hop } from './token.ts';

/** Tells our Route values with the flow that a request shall take from those with the way of a dialog. */
const parameter = 'flow';

/**
 * The value of Route that asks the edge at `address` to send a request over one of its flows (RFC 5626 §5.3). It is good
 * for one Call-ID.
 */
export function flowRoute(hop: Hop, address: string, callId: string, key: TokenKey): string {
  return `<sip:${seal(key, encodeHop(hop), contextOf(callId))}@${address};${parameter};lr>`;
}

/** The flow that the topmost Route of a request names; undefined when another edge has not put it there. */
export function readFlowRoute(request: SipRequest, key: TokenKey): Hop | undefined {
  if (!request.has('Route')) return undefined;
  const uri = parseUri(request.routes[0]?.uri ?? '');
  if (!uri || uri.scheme === 'tel' || !uri.params.has(parameter)) return undefined;
  const unsealed = unseal(key, uri.user ?? '');
  if (!unsealed || !isProven(key, unsealed, contextOf(request.callId))) return undefined;
  return decodeHop(new OctetReader(unsealed.payload));
}

function contextOf(callId: string): string {
  return `flow 1\0${callId}`;
}
