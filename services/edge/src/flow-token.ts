import { isProven, OctetReader, seal, shortText, type TokenKey, unseal } from '@tandem/platform';
import { parseUri, type SipRequest } from '@tandem/sip';
import { decodeHop, encodeHop } from './hop.ts';
import type { Hop } from './token.ts';

/** Tells our Route values with the flow that a request shall take from those with the way of a dialog. */
const parameter = 'flow';

/** A request that one edge makes of another: to be sent over a flow of that one. */
export interface FlowRequest {
  readonly hop: Hop;
  /** The node id of the edge that asks. */
  readonly asker: string;
  /** Who is at its end is not to see which way the request has come. */
  readonly hidden?: boolean | undefined;
}

const hiddenMark = 1;

/**
 * The value of Route that asks the edge at `address` to send a request over one of its flows (RFC 5626 §5.3). It is good
 * for one Call-ID.
 */
export function flowRoute(asked: FlowRequest, address: string, callId: string, key: TokenKey): string {
  const mark = asked.hidden ? [Buffer.from([hiddenMark])] : [];
  const payload = Buffer.concat([encodeHop(asked.hop), shortText(asked.asker), ...mark]);
  return `<sip:${seal(key, payload, contextOf(callId))}@${address};${parameter};lr>`;
}

/** What the topmost Route of a request asks for; undefined when another edge has not put it there. */
export function readFlowRoute(request: SipRequest, key: TokenKey): FlowRequest | undefined {
  if (!request.has('Route')) return undefined;
  const uri = parseUri(request.routes[0]?.uri ?? '');
  if (!uri || uri.scheme === 'tel' || !uri.params.has(parameter)) return undefined;
  const unsealed = unseal(key, uri.user ?? '');
  if (!unsealed || !isProven(key, unsealed, contextOf(request.callId))) return undefined;
  const reader = new OctetReader(unsealed.payload);
  const asked = { hop: decodeHop(reader), asker: reader.shortText() };
  return reader.isAtEnd ? asked : { ...asked, hidden: reader.take(1)[0] === hiddenMark };
}

function contextOf(callId: string): string {
  return `flow 1\0${callId}`;
}
