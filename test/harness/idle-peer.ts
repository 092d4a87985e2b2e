import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, createSecureContext } from 'node:tls';

/** Where an edge takes connections, and over what. */
export interface Place {
  readonly transport: 'tcp' | 'tls' | 'ws' | 'wss';
  readonly host: string;
  readonly port: number;
}

const upgrade = [
  'GET / HTTP/1.1',
  'Host: edge.example',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: sip',
  '\r\n',
].join('\r\n');
/** Two line ends in a frame whose mask changes nothing, and the one that answers them. */
const ping = Buffer.from([0x81, 0x84, 0, 0, 0, 0, 13, 10, 13, 10]);
const pong = '\x81\x02\r\n';
/** Whatever certificate is shown will do. */
const trust = { secureContext: createSecureContext(), rejectUnauthorized: false };

/** Opens a connection as a phone does that has nothing to say; returns it when its keep-alive was answered. */
export async function openIdle({ host, port, transport }: Place): Promise<Socket> {
  const isSecure = transport === 'tls' || transport === 'wss';
  const socket = isSecure ? connectSecurely({ host, port, ...trust }) : connect(port, host);
  await once(socket, isSecure ? 'secureConnect' : 'connect');
  if (transport === 'ws' || transport === 'wss') {
    await ask(socket, upgrade, '\r\n\r\n');
    await ask(socket, ping, pong);
  } else await ask(socket, '\r\n\r\n', '\r\n');
  socket.on('error', () => {});
  return socket;
}

/** Resolves when what comes ends as it should. Rejects when the connection breaks. */
async function ask(socket: Socket, question: string | Buffer, end: string): Promise<void> {
  socket.write(question);
  let answer = '';
  while (!answer.endsWith(end)) {
    const [octets] = (await once(socket, 'data')) as [Buffer];
    answer += octets.toString('latin1');
  }
}
