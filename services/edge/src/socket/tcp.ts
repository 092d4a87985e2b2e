import { connect, createServer, type Server, type Socket } from 'node:net';
import { firstConnection } from '@tandem/platform';
import { Framer } from '@tandem/sip';
import { type Flow, hostPort, type Receiver } from './flow.ts';
import type { Listener } from './listener.ts';

/** Octets that may wait for a peer that does not read; over it the connection is closed. */
export const maxUnsent: number = 1024 * 1024;
/** Milliseconds without a message after which a connection is closed; phones refresh or ping well before. */
export const idleTimeout: number = 2 * 60 * 60_000;
/** Milliseconds that a peer may take from its first octet to the end of a message, and to accept a connection. */
const messageTimeout = 32_000;

/** A listening TCP socket, and the connections that were made from it. */
export class TcpSocket {
  readonly listener: Listener;
  readonly #server: Server;
  readonly #receiver: Receiver;
  readonly #connections = new Map<number, Connection>();
  /** Connections that we opened, by the address that they were opened to. */
  readonly #opened = new Map<string, Connection>();
  readonly #limits: ConnectionLimits;
  readonly #numbers: ConnectionNumbers;

  private constructor(
    server: Server,
    listener: Listener,
    receiver: Receiver,
    allowance: ConnectionAllowance,
  ) {
    this.#server = server;
    this.#receiver = receiver;
    this.#limits = allowance.limits;
    this.#numbers = allowance.numbers;
    this.listener = listener;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static open(listener: Listener, receiver: Receiver, allowance: ConnectionAllowance): Promise<TcpSocket> {
    const server = createServer({ noDelay: true });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: listener.host, port: listener.port }, () => {
        server.off('error', reject);
        const bound = server.address();
        const port = bound !== null && typeof bound === 'object' ? bound.port : listener.port;
        resolve(new TcpSocket(server, { ...listener, port }, receiver, allowance));
      });
    });
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** The open connection with this number. */
  connection(number: number): Flow | undefined {
    return this.#connections.get(number);
  }

  /** A connection to a peer: one that we opened before, or a new one that is being opened. */
  flowTo(host: string, port: number): Flow {
    const key = hostPort(host, port);
    const open = this.#opened.get(key);
    if (open) return open;
    const connection = this.#add(connect({ host, port, noDelay: true }), host, port);
    this.#opened.set(key, connection);
    return connection;
  }

  /** Cuts a connection off, as when its peer is known to be gone. */
  abandon(number: number): void {
    this.#connections.get(number)?.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections.values()) connection.end();
    await closed;
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined || !this.#limits.admits(remoteAddress)) {
      socket.destroy();
      return;
    }
    this.#limits.opened(remoteAddress);
    socket.once('close', () => this.#limits.closed(remoteAddress));
    this.#add(socket, plainAddress(remoteAddress), remotePort);
  }

  #add(socket: Socket, host: string, port: number): Connection {
    const ends = { number: this.#numbers.next(), host, port, listener: this.listener };
    const connection = new Connection(socket, ends, this.#receiver);
    this.#connections.set(connection.connection, connection);
    socket.once('close', () => {
      this.#connections.delete(connection.connection);
      const key = hostPort(host, port);
      if (this.#opened.get(key) === connection) this.#opened.delete(key);
      this.#receiver.failed(connection, connection.error ?? new Error('the connection was closed'));
    });
    return connection;
  }
}

/** An IPv4 peer of an IPv6 socket appears as `::ffff:192.0.2.4`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** How many connections peers may have open. */
export class ConnectionLimits {
  readonly #perSource: number;
  readonly #total: number;
  readonly #counts = new Map<string, number>();
  #open = 0;

  constructor(limits: { readonly sipMaxConnections: number; readonly sipMaxConnectionsPerSource: number }) {
    this.#perSource = limits.sipMaxConnectionsPerSource;
    this.#total = limits.sipMaxConnections;
  }

  admits(host: string): boolean {
    return this.#open < this.#total && (this.#counts.get(host) ?? 0) < this.#perSource;
  }

  opened(host: string): void {
    this.#open++;
    this.#counts.set(host, (this.#counts.get(host) ?? 0) + 1);
  }

  closed(host: string): void {
    this.#open--;
    const left = (this.#counts.get(host) ?? 1) - 1;
    if (left === 0) this.#counts.delete(host);
    else this.#counts.set(host, left);
  }
}

/** Numbers that never come back, not even after a restart. */
export class ConnectionNumbers {
  #last: number;

  constructor(startedMs: number) {
    this.#last = firstConnection(startedMs);
  }

  next(): number {
    return ++this.#last;
  }
}

/** What all sockets with connections of an edge have in common. */
export interface ConnectionAllowance {
  readonly limits: ConnectionLimits;
  readonly numbers: ConnectionNumbers;
  /** The pages whose scripts may open a WebSocket; any when undefined. */
  readonly origins?: readonly string[] | undefined;
}

/** Where a connection leads, and from where. */
export interface ConnectionEnds {
  readonly number: number;
  readonly host: string;
  readonly port: number;
  readonly listener: Listener;
}

class Connection implements Flow {
  readonly transport = 'tcp';
  readonly reliable = true;
  readonly connection: number;
  readonly host: string;
  readonly port: number;
  readonly listener: Listener;
  error: Error | undefined;
  readonly #socket: Socket;
  readonly #framer = new Framer();
  /** Runs while part of a message has arrived. */
  #pending: NodeJS.Timeout | undefined;

  constructor(socket: Socket, ends: ConnectionEnds, receiver: Receiver) {
    this.#socket = socket;
    this.connection = ends.number;
    this.host = ends.host;
    this.port = ends.port;
    this.listener = ends.listener;
    socket.setTimeout(idleTimeout, () => socket.destroy(new Error('the connection was idle')));
    socket.on('data', (octets) => this.#read(octets, receiver));
    socket.on('error', (error) => {
      this.error = error;
    });
    if (socket.connecting) this.#watch();
    socket.once('connect', () => this.#unwatch());
    socket.once('close', () => this.#unwatch());
  }

  repliesTo(): Flow {
    return this;
  }

  send(message: string): void {
    if (this.#socket.writableLength > maxUnsent) this.#socket.destroy(new Error('the peer does not read'));
    else this.#socket.write(message, 'latin1');
  }

  end(): void {
    this.#socket.end();
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(octets: Buffer, receiver: Receiver): void {
    for (const frame of this.#framer.push(octets.toString('latin1'))) {
      if (frame.kind === 'message') receiver.received(frame.text, this);
      // RFC 5626 §3.5.1: the pong is a single CRLF.
      else if (frame.kind === 'ping') this.send('\r\n');
      else {
        receiver.broken(frame.text, frame.fault, this);
        this.#drain();
        return;
      }
    }
    if (this.#framer.pending === 0) this.#unwatch();
    else this.#watch();
  }

  /** Closes, but reads on: a connection with unread octets would be reset, and the peer not get the last answer. */
  #drain(): void {
    this.#socket.removeAllListeners('data').resume().end();
    this.#watch();
  }

  #watch(): void {
    this.#pending ??= setTimeout(
      () => this.#socket.destroy(new Error(`nothing complete within ${messageTimeout / 1000} s`)),
      messageTimeout,
    );
  }

  #unwatch(): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
  }
}
