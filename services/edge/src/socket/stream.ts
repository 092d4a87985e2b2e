import { connect, type Server, type Socket } from 'node:net';
import { isWildcard } from '@tandem/platform';
import { Connection } from './connection.ts';
import type { ConnectionAllowance } from './connection-limits.ts';
import { type Flow, hostPort, plainAddress, type Receiver } from './flow.ts';
import type { Listener } from './listener.ts';
import { listen } from './listening.ts';
import type { Certificates, PeerName } from './tls/certificates.ts';

/** Names of one certificate by which its peer is sent to over a connection that it has opened. */
const maxAliases = 16;
/** Milliseconds in which what waits for peers has to leave when the socket closes. */
const closeTimeout = 2_000;

/** A listening socket for connections, TCP or TLS over it, and the connections that were made from it. */
export class StreamSocket {
  readonly listener: Listener;
  readonly #server: Server;
  readonly #receiver: Receiver;
  readonly #connections = new Map<number, Connection>();
  /** Connections that we opened, by the address that they were opened to and the name that had to be proven there. */
  readonly #opened = new Map<string, Connection>();
  /** Those whose peer has not shaken hands yet. */
  readonly #shaking = new Set<Socket>();
  readonly #allowance: ConnectionAllowance;
  /** Undefined for plain TCP. */
  readonly #certificates: Certificates | undefined;

  private constructor(
    server: Server,
    listener: Listener,
    receiver: Receiver,
    allowance: ConnectionAllowance,
  ) {
    this.#server = server;
    this.#receiver = receiver;
    this.#allowance = allowance;
    this.#certificates = listener.transport === 'tls' ? allowance.certificates : undefined;
    this.listener = listener;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static async open(
    listener: Listener,
    receiver: Receiver,
    allowance: ConnectionAllowance,
  ): Promise<StreamSocket> {
    const { server, bound } = await listen(listener, () => allowance.limits.refused++);
    return new StreamSocket(server, bound, receiver, allowance);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** The open connection with this number. */
  connection(number: number): Flow | undefined {
    return this.#connections.get(number);
  }

  /**
   * A connection to a peer: one that we opened before, or a new one that is being opened. Over TLS the peer has to
   * prove `name`, and one that was opened for another name is not used (RFC 5922 §5, CVE-2020-15260).
   */
  flowTo(host: string, port: number, name: string = host): Flow {
    const address = hostPort(host, port);
    const key = this.#certificates ? `${name.toLowerCase()} ${address}` : address;
    const open = this.#opened.get(key);
    if (open) return open;
    const connection = this.#certificates
      ? this.#openSecurely(this.#certificates, { host, port, name, key })
      : this.#openPlainly(host, port, key);
    this.#opened.set(key, connection);
    return connection;
  }

  /** Cuts a connection off, as when its peer is known to be gone. */
  abandon(number: number): void {
    this.#connections.get(number)?.destroy();
  }

  /** Connections that peers have opened, the oldest first. */
  get accepted(): Flow[] {
    return [...this.#connections.values()].filter(({ isOpened }) => !isOpened);
  }

  /** Closes a connection behind what waits for its peer. */
  release(number: number): void {
    this.#connections.get(number)?.end();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#shaking) socket.destroy();
    for (const connection of this.#connections.values()) connection.end();
    // A peer that does not read is not waited for.
    setTimeout(() => {
      for (const connection of this.#connections.values()) connection.destroy();
    }, closeTimeout).unref();
    await closed;
  }

  #accept(socket: Socket): void {
    const { limits } = this.#allowance;
    if (!limits.admits(socket)) return;
    const [host, port] = [plainAddress(socket.remoteAddress ?? ''), socket.remotePort ?? 0];
    const add = (over: Socket): Connection => {
      const connection = this.#add(over, host, port);
      connection.accepted(
        () => limits.halfOpen.done(socket),
        (asked) => this.#alias(connection, asked),
      );
      return connection;
    };
    if (!this.#certificates) add(socket);
    else {
      this.#shaking.add(socket);
      socket.once('close', () => this.#shaking.delete(socket));
      this.#certificates.accept(socket, (secured, proven) => {
        this.#shaking.delete(socket);
        add(secured).proven = proven;
      });
    }
  }

  /** RFC 5923 §8: what would go to a port of the peer takes its connection, for the names that it has proven. */
  #alias(connection: Connection, port: number): void {
    const address = hostPort(connection.host, port);
    const keys = connection.proven.slice(0, maxAliases).map((name) => `${name} ${address}`);
    for (const key of keys) if (!this.#opened.has(key)) this.#opened.set(key, connection);
    connection.whenClosed(() => {
      for (const key of keys) this.#forget(key, connection);
    });
  }

  #forget(key: string, connection: Connection): void {
    if (this.#opened.get(key) === connection) this.#opened.delete(key);
  }

  #openPlainly(host: string, port: number, key: string): Connection {
    const socket = connect({ host, port, noDelay: true, ...from(this.listener) });
    const connection = this.#add(socket, host, port, key);
    connection.opening();
    socket.once('connect', () => connection.opened());
    this.#allowance.limits.opens(socket, host);
    return connection;
  }

  #openSecurely(
    certificates: Certificates,
    { host, port, name, key }: PeerName & { readonly key: string },
  ): Connection {
    const socket = certificates.connect({ host, port, name }, from(this.listener));
    const connection = this.#add(socket, host, port, key);
    connection.opening();
    socket.once('secureConnect', () => {
      const proven = certificates.examine(socket, name);
      if (proven instanceof Error) socket.destroy(proven);
      else {
        connection.proven = proven;
        connection.opened();
      }
    });
    this.#allowance.limits.opens(socket, host);
    return connection;
  }

  /** `key` is that of one that we open. */
  #add(socket: Socket, host: string, port: number, key?: string): Connection {
    const { limits, numbers } = this.#allowance;
    const ends = { number: numbers.next(), host, port, listener: this.listener, limits };
    const connection = new Connection(socket, ends, this.#receiver);
    this.#connections.set(connection.connection, connection);
    socket.once('close', () => {
      this.#connections.delete(connection.connection);
      if (key !== undefined) this.#forget(key, connection);
      this.#receiver.failed(connection, connection.failure ?? new Error('the connection was closed'));
    });
    return connection;
  }
}

/** The address that we are known by, as for datagrams: peers may let nobody else in. */
function from({ host }: Listener): { readonly localAddress?: string } {
  return isWildcard(host) ? {} : { localAddress: host };
}
