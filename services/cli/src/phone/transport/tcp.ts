import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { formatHostPort, type HostPort } from '@tandem/platform';
import { Framer } from '@tandem/sip';
import { Connections } from './connections.ts';
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
  readonly #connections: Connections<Connection>;

  constructor(server: Server, { proxy, receiver, security }: TransportOptions) {
    const { address, port } = server.address() as AddressInfo;
    this.host = address;
    this.port = port;
    this.sentBy = formatHostPort(this);
    this.#server = server;
    this.#proxy = proxy;
    this.#receiver = receiver;
    this.#connections = new Connections(receiver);
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
    return this.#connections.toProxy(() => this.#connect());
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await Promise.all([closed, this.#connections.end()]);
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
    return this.#connections.add(new Connection(socket, peer, this.#receiver), socket);
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
