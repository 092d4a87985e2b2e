import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { WebSocket } from 'ws';

/** What a connection can be made over. */
export const kinds = ['tcp', 'tls', 'ws', 'wss'] as const;
export type Kind = (typeof kinds)[number];

/** A connection that is held. */
export interface Held {
  close(): void;
}

const ping = '\r\n\r\n';

/** Opens a connection, and pings once (RFC 5626 §3.5.1); resolves with the pong. */
export async function hold(kind: Kind, host: string, port: number): Promise<Held> {
  return kind === 'tcp' || kind === 'tls' ? holdStream(kind, host, port) : holdWebSocket(kind, host, port);
}

async function holdStream(kind: 'tcp' | 'tls', host: string, port: number): Promise<Held> {
  const socket: Socket =
    kind === 'tls' ? connectSecurely({ host, port, rejectUnauthorized: false }) : connect({ host, port });
  await once(socket, kind === 'tls' ? 'secureConnect' : 'connect');
  socket.write(ping);
  await once(socket, 'data');
  socket.on('error', () => undefined);
  return { close: () => socket.destroy() };
}

async function holdWebSocket(kind: 'ws' | 'wss', host: string, port: number): Promise<Held> {
  const socket = new WebSocket(`${kind}://${host}:${port}`, ['sip'], {
    rejectUnauthorized: false,
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  socket.send(ping);
  await once(socket, 'message');
  socket.on('error', () => undefined);
  return { close: () => socket.terminate() };
}
