import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { plainAddress } from './connection.ts';
import type { ConnectionAllowance } from './connection-limits.ts';
import type { Flow, Receiver } from './flow.ts';
import { handshakeFault, refuseHandshake, subprotocol } from './handshake.ts';
import type { Listener } from './listener.ts';
import { WebConnection } from './web-connection.ts';

/** Milliseconds between two looks at who is silent; half of the minute after which many proxies close. */
const sweepPeriod = 25_000;
/** Milliseconds in which the head of the request for a WebSocket has to be there, and those between two looks at that. */
const handshakeTimeout = 10_000;
const handshakeCheck = 2_000;
/** Octets of that head. */
const maxHead = 8_192;

const options: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  // A few octets could unfold to as many as a message may have, for each connection.
  perMessageDeflate: false,
  handleProtocols: () => subprotocol,
  maxPayload: 65_535,
  // Each keeps what was read with it: up to 64 KiB.
  maxFragments: 16,
  maxBufferedChunks: 1_024,
  closeTimeout: 2_000,
};

/** A listening socket for WebSockets (RFC 7118). Nobody is connected to from it: a phone is reached by its own flow. */
export class WebSocketListener {
  readonly listener: Listener;
  readonly #server: Server;
  readonly #receiver: Receiver;
  readonly #allowance: ConnectionAllowance;
  readonly #upgrades = new WebSocketServer(options);
  readonly #accepted = new Set<Socket>();
  readonly #connections = new Map<number, WebConnection>();
  readonly #sweep: NodeJS.Timeout;

  private constructor(
    server: Server,
    listener: Listener,
    receiver: Receiver,
    allowance: ConnectionAllowance,
  ) {
    this.#server = server;
    this.#receiver = receiver;
    this.#allowance = allowance;
    this.listener = listener;
    server.on('connection', (socket) => this.#accept(socket));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sweep = setInterval(() => this.sweep(), sweepPeriod);
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static open(
    listener: Listener,
    receiver: Receiver,
    allowance: ConnectionAllowance,
  ): Promise<WebSocketListener> {
    const server = createServer(
      {
        noDelay: true,
        headersTimeout: handshakeTimeout,
        connectionsCheckingInterval: handshakeCheck,
        maxHeaderSize: maxHead,
      },
      (_request, response) => {
        response.writeHead(426, { Upgrade: 'websocket', Connection: 'close, Upgrade' }).end();
      },
    );
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: listener.host, port: listener.port }, () => {
        server.off('error', reject);
        const bound = server.address();
        const port = bound !== null && typeof bound === 'object' ? bound.port : listener.port;
        resolve(new WebSocketListener(server, { ...listener, port }, receiver, allowance));
      });
    });
  }

  /** Those whose handshake is not done included. */
  get connections(): number {
    return this.#accepted.size;
  }

  /** The open connection with this number. */
  connection(number: number): Flow | undefined {
    return this.#connections.get(number);
  }

  flowTo(): undefined {}

  /** Cuts a connection off, as when its peer is known to be gone. */
  abandon(number: number): void {
    this.#connections.get(number)?.destroy();
  }

  /** Looks after who is silent. */
  sweep(): void {
    for (const connection of this.#connections.values()) connection.sweep(sweepPeriod);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    await Promise.all(Array.from(this.#connections.values(), (connection) => connection.end()));
    for (const socket of this.#accepted) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const { remoteAddress } = socket;
    const { limits } = this.#allowance;
    if (remoteAddress === undefined || !limits.admits(remoteAddress)) {
      socket.destroy();
      return;
    }
    limits.opened(remoteAddress);
    this.#accepted.add(socket);
    socket.once('close', () => {
      limits.closed(remoteAddress);
      this.#accepted.delete(socket);
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fault = handshakeFault(request.headers, this.#allowance.origins);
    if (fault) refuseHandshake(socket, fault);
    else this.#upgrades.handleUpgrade(request, socket, head, (opened) => this.#add(opened, request.socket));
  }

  #add(socket: WebSocket, { remoteAddress, remotePort }: Socket): void {
    const ends = {
      number: this.#allowance.numbers.next(),
      host: plainAddress(remoteAddress ?? ''),
      port: remotePort ?? 0,
      listener: this.listener,
    };
    const connection = new WebConnection(socket, ends, this.#receiver);
    this.#connections.set(connection.connection, connection);
    socket.once('close', () => {
      this.#connections.delete(connection.connection);
      this.#receiver.failed(connection, connection.error ?? new Error('the connection was closed'));
    });
  }
}
