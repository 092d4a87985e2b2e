import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { formatHostPort, type HostPort } from '@tandem/platform';
import { Framer } from '@tandem/sip';
import { certificateChecks, type Security } from './security.ts';
import type { Flow, Receiver, Transport, TransportOptions } from './transport.ts';

/** Milliseconds that the proxy has to accept a connection. */
const connectDeadline = 5_000;

/**
 * Binds a listening TCP socket; the proxy is connected to when there is something to send, over TLS if it says so. A phone
 * over TLS has no certificate, and only keeps the port for itself.
 */
export async function openTcp(options: TransportOptions): Promise<Transport> {
  const server = createServer({ noDelay: true });
  server.listen(options.local.port, options.local.host);
  await once(server, 'listening');
  return new TcpTransport(server, options);
}

class TcpTransport implements Transport {
  readonly host: string;
  readonly port: number;
  readonly sentBy: string;
  readonly #server: Server;
  readonly #proxy: HostPort;
  readonly #receiver: Receiver;
  readonly #security: Security | undefined;
  readonly #connections = new Set<Connection>();
  #toProxy: Connection | undefined;

  constructor(server: Server, { proxy, receiver, security }: TransportOptions) {
    const { address, port } = server.address() as AddressInfo;
    this.host = address;
    this.port = port;
    this.sentBy = formatHostPort(this);
    this.#server = server;
    this.#proxy = proxy;
    this.#receiver = receiver;
    this.#security = security;
    server.on('connection', (socket) => {
      if (security) {
        socket.destroy();
        return;
      }
      this.#add(socket, { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 });
    });
  }

  toProxy(): Flow {
    this.#toProxy ??= this.#connect();
    return this.#toProxy;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await Promise.all([closed, ...[...this.#connections].map((connection) => connection.end())]);
  }

  #connect(): Connection {
    // The address that Via and Contact name, with a port of its own: the listener has the other one.
    const ends = { ...this.#proxy, localAddress: this.host };
    const security = this.#security;
    const socket = security
      ? connectSecurely({ ...ends, ...certificateChecks(security) }).setNoDelay()
      : connect({ ...ends, noDelay: true });
    socket.setTimeout(connectDeadline, () => socket.destroy(new Error('the connection was not accepted')));
    socket.once(security ? 'secureConnect' : 'connect', () => socket.setTimeout(0));
    return this.#add(socket, this.#proxy);
  }

  #add(socket: Socket, peer: HostPort): Connection {
    const connection = new Connection(socket, peer, this.#receiver);
    this.#connections.add(connection);
    let reason = new Error('the connection was closed');
    socket.on('error', (error) => {
      reason = error;
    });
    socket.once('close', () => {
      this.#connections.delete(connection);
      if (this.#toProxy === connection) this.#toProxy = undefined;
      this.#receiver.lost(connection, reason);
    });
    return connection;
  }
}

class Connection implements Flow {
  readonly reliable = true;
  readonly host: string;
  readonly port: number;
  readonly #socket: Socket;
  readonly #framer = new Framer();

  constructor(socket: Socket, { host, port }: HostPort, receiver: Receiver) {
    this.#socket = socket;
    this.host = host;
    this.port = port;
    socket.on('data', (octets) => this.#read(octets, receiver));
  }

  repliesTo(): Flow {
    return this;
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Sends what waits and closes; settles when the system has it back. */
  end(): Promise<unknown> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    if (this.#socket.connecting) this.#socket.destroy();
    else this.#socket.destroySoon();
    return closed;
  }

  #read(octets: Buffer, receiver: Receiver): void {
    for (const frame of this.#framer.push(octets.toString('latin1'))) {
      if (frame.kind === 'message') receiver.received(frame.text, this);
      // RFC 5626 §3.5.1: the pong is a single CRLF.
      else if (frame.kind === 'ping') this.send('\r\n');
      else this.#socket.destroy(frame.fault);
    }
  }
}
