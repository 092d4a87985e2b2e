import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionAllowance } from './connection-limits.ts';
import { type Flow, plainAddress, type Receiver } from './flow.ts';
import { handshakeFault, refuseHandshake, subprotocol } from './handshake.ts';
import type { Listener } from './listener.ts';
import { listen } from './listening.ts';
import type { Certificates } from './tls/certificates.ts';
import { isSecure } from './transport.ts';
import { WebConnection } from './web-connection.ts';

/** Milliseconds between two looks at who is silent; half of the minute after which many proxies close. */
const sweepPeriod = 25_000;
/** Milliseconds from the connection to the end of the request for a WebSocket. */
const handshakeTimeout = 10_000;
/** Octets of the head of that request. */
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

/** Who asks for a WebSocket, and until when. */
interface Applicant {
  readonly host: string;
  readonly port: number;
  readonly proven: readonly string[];
  readonly accepted: Socket;
  /** The same, or TLS over it. */
  readonly stream: Socket;
  readonly deadline: NodeJS.Timeout;
}

/**
 * A listening socket for WebSockets, in the clear or over TLS (RFC 7118). Nobody is connected to from it: a phone is
 * reached by its own flow.
 */
export class WebSocketListener {
  readonly listener: Listener;
  readonly #server: Server;
  /** Reads the requests; it listens to nothing itself. */
  readonly #http: HttpServer;
  readonly #receiver: Receiver;
  readonly #allowance: ConnectionAllowance;
  /** Undefined for plain WebSockets. */
  readonly #certificates: Certificates | undefined;
  readonly #upgrades = new WebSocketServer(options);
  readonly #accepted = new Set<Socket>();
  readonly #applicants = new WeakMap<Duplex, Applicant>();
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
    this.#certificates = isSecure(listener.transport) ? allowance.certificates : undefined;
    this.listener = listener;
    this.#http = createServer({ maxHeaderSize: maxHead }, (_request, response) => {
      response.writeHead(426, { Upgrade: 'websocket', Connection: 'close, Upgrade' }).end();
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('connection', (socket) => this.#accept(socket));
    this.#sweep = setInterval(() => this.sweep(), sweepPeriod);
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static async open(
    listener: Listener,
    receiver: Receiver,
    allowance: ConnectionAllowance,
  ): Promise<WebSocketListener> {
    const { server, bound } = await listen(listener, () => allowance.limits.refused++);
    return new WebSocketListener(server, bound, receiver, allowance);
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

  /** All of them, the oldest first. */
  get accepted(): Flow[] {
    return [...this.#connections.values()];
  }

  /** Closes a connection in order. */
  release(number: number): void {
    void this.#connections.get(number)?.end();
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
    if (!this.#allowance.limits.admits(socket)) return;
    const deadline = setTimeout(() => socket.destroy(), handshakeTimeout);
    this.#accepted.add(socket);
    socket.once('close', () => {
      clearTimeout(deadline);
      this.#accepted.delete(socket);
    });
    const [host, port] = [plainAddress(socket.remoteAddress ?? ''), socket.remotePort ?? 0];
    const applicant = { host, port, accepted: socket, deadline };
    if (!this.#certificates) this.#read({ ...applicant, stream: socket, proven: [] });
    else this.#certificates.accept(socket, (stream, proven) => this.#read({ ...applicant, stream, proven }));
  }

  #read(applicant: Applicant): void {
    this.#applicants.set(applicant.stream, applicant);
    this.#http.emit('connection', applicant.stream);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const applicant = this.#applicants.get(socket)!;
    const fault = handshakeFault(request.headers, this.#allowance.origins);
    if (fault) refuseHandshake(socket, fault);
    else this.#upgrades.handleUpgrade(request, socket, head, (opened) => this.#add(opened, applicant));
  }

  #add(socket: WebSocket, { accepted, deadline, host, port, proven, stream }: Applicant): void {
    const { limits, numbers } = this.#allowance;
    clearTimeout(deadline);
    limits.halfOpen.done(accepted);
    const below = { accepted, stream, proven };
    const ends = { number: numbers.next(), host, port, listener: this.listener, limits, ...below };
    const connection = new WebConnection(socket, ends, this.#receiver);
    this.#connections.set(connection.connection, connection);
    socket.once('close', () => {
      this.#connections.delete(connection.connection);
      this.#receiver.failed(connection, connection.failure ?? new Error('the connection was closed'));
    });
  }
}
