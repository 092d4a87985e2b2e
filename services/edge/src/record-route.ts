import type { SipRequest } from '@tandem/sip';
import type { EdgeParts } from './parts.ts';
import type { Flow } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import { type DialogToken, type Hop, isBehindNat, signToken } from './token.ts';

/**
 * Our values of Record-Route: one with the token, named for the callee's side, and a second one for the caller's side
 * when that is another socket of ours (RFC 5658 §3.1).
 */
export function recordRoutes(
  parts: Pick<EdgeParts, 'shared' | 'tokenKey'>,
  invite: SipRequest,
  token: DialogToken,
  caller: Listener,
  callee: Listener,
): string[] {
  const outer = `<sip:${signToken(token, invite, parts.tokenKey)}@${routeHost(parts, callee)}>`;
  return caller === callee ? [outer] : [outer, `<sip:${routeHost(parts, caller)}>`];
}

/** How a party is reached again: `contact` is the URI that it gave. */
export function hopOf(flow: Flow, contact: string | undefined, edge: string): Hop {
  return {
    transport: flow.transport,
    host: flow.host,
    port: flow.port,
    localPort: flow.listener.port,
    edge: flow.connection === 0 ? '' : edge,
    connection: flow.connection,
    nat: isBehindNat(contact, flow),
  };
}

function routeHost(parts: Pick<EdgeParts, 'shared'>, listener: Listener): string {
  const host = parts.shared ?? listener.advertised;
  return listener.transport === 'tcp' ? `${host};transport=tcp;lr` : `${host};lr`;
}
