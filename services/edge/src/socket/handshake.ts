import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 7118 §4. */
export const subprotocol = 'sip';

/** Why a WebSocket is not opened, as the response says. */
export interface HandshakeFault {
  readonly status: string;
  readonly reason: string;
}

/**
 * What is wrong with a request for a WebSocket, beyond what RFC 6455 says. `origins` are the pages whose scripts may
 * have one. Only browsers name theirs: who is no browser could name any, and so need not.
 */
export function handshakeFault(
  { origin, 'sec-websocket-protocol': protocols = '' }: IncomingHttpHeaders,
  origins: readonly string[] | undefined,
): HandshakeFault | undefined {
  if (origin !== undefined && origins && !origins.includes(origin.toLowerCase()))
    return { status: '403 Forbidden', reason: 'This page may not speak SIP here.' };
  const offered = protocols.split(',').map((each) => each.trim());
  if (!offered.includes(subprotocol))
    return { status: '400 Bad Request', reason: 'The subprotocol sip is not offered (RFC 7118).' };
  return undefined;
}

export function refuseHandshake(socket: Duplex, { status, reason }: HandshakeFault): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: text/plain',
    `Content-Length: ${reason.length}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${reason}`);
}
