import { asksForFlow, isBehindNat, isSips, type SipRequest } from '@tandem/sip';
import type { EdgeParts } from './parts.ts';
import type { Flow } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import { isSecure, type Transport } from './socket/transport.ts';
import { type DialogToken, type Hop, sealToken } from './token.ts';

type RouteParts = Pick<EdgeParts, 'tokenKey'>;

/** What is known of a request that begins a dialog. */
type Beginning = Pick<SipRequest, 'callId' | 'from' | 'uri'>;

/**
 * Our values of Record-Route: one with the token, named for the callee's side, and a second one for the caller's side
 * when that is another address of ours (RFC 5658 §3.1).
 */
export function recordRoutes(
  parts: RouteParts,
  invite: Beginning,
  token: DialogToken,
  caller: Listener,
  callee: Listener,
): string[] {
  const write = writerFor(invite);
  // Among edges nothing is secured: then the callee has the address that the caller has.
  const farthest = isSips(invite.uri) && !isSecure(callee.transport) ? caller : callee;
  const [near, far] = [write(caller), write(farthest)];
  const outer = `<${write(farthest, sealToken(token, invite, parts.tokenKey))}>`;
  return near === far ? [outer] : [outer, `<${near}>`];
}

/** The one value that somebody outside gets: it does not show our address on the other side. */
export function outsideRoute(
  parts: RouteParts,
  invite: Beginning,
  token: DialogToken,
  listener: Listener,
): string {
  return `<${writerFor(invite)(listener, sealToken(token, invite, parts.tokenKey))}>`;
}

/** RFC 3261 §16.6 step 4: what is to be secured is so on its way back. */
function writerFor({ uri }: Beginning): (listener: Listener, user?: string) => string {
  const isSecured = isSips(uri);
  return (listener, user) => {
    const host = isSecured ? routeHost(listener).replace(';transport=tls', '') : routeHost(listener);
    return `${isSecured ? 'sips' : 'sip'}:${user === undefined ? '' : `${user}@`}${host}`;
  };
}

/** Our address as a Contact has it: that of a party which is reached through us. */
export function facadeOf(listener: Listener): string {
  return routeHost(listener).replace(/;lr$/, '');
}

/** How a party is reached again: `contact` is the URI that it gave, `node` this edge, `only` what is known otherwise. */
export function hopOf(flow: Flow, contact: string | undefined, node: string, only = false): Hop {
  const { transport, host, port, connection } = flow;
  const nat = only || isBehindNat(contact, flow) || asksForFlow(contact ?? '');
  const { localPort, localHost, edge } = flow.known ?? ownEnd(flow.listener, node);
  return {
    transport,
    host,
    port,
    localPort,
    ...(nat && localHost !== undefined && { localHost }),
    edge: nat || connection !== 0 ? edge : '',
    connection,
    nat,
  };
}

function ownEnd(
  { floating, host, port }: Listener,
  edge: string,
): { readonly localPort: number; readonly localHost?: string | undefined; readonly edge: string } {
  return { localPort: port, localHost: floating ? host : undefined, edge };
}

const transportParameters: Readonly<Record<Transport, string>> = {
  udp: '',
  tcp: ';transport=tcp',
  tls: ';transport=tls',
  ws: ';transport=ws',
  // RFC 7118 §5.2.2 has one parameter for both.
  wss: ';transport=ws',
};

/**
 * Where a phone shall send what it begins (RFC 3608 §6.1): to the address that all edges share, so that it does not depend
 * on the one that it has registered at. None where there is no such address.
 */
export function serviceRoute(listener: Listener): string | undefined {
  return listener.shared === undefined ? undefined : `<sip:${routeHost(listener)}>`;
}

function routeHost({ advertised, shared, transport }: Listener): string {
  return `${shared ?? advertised}${transportParameters[transport]};lr`;
}
