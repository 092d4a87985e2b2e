import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { formatHostPort, type HostPort } from '@tandem/platform';
import { WebSocket } from 'ws';
import { Connections } from './connections.ts';
import { certificateChecks } from './security.ts';
import type { Flow, Transport, TransportOptions } from './transport.ts';

/** Milliseconds that the proxy has to accept a connection. */
const connectDeadline = 5_000;

/** The proxy is connected to when there is something to send; nobody else can reach a WebSocket client. */
export async function openWs(options: TransportOptions): Promise<Transport> {
  return new WsTransport(options);
}

class WsTransport implements Transport {
  readonly host: string;
  readonly port = 0;
  /** RFC 7118 §5.2.1 and appendix B.1. */
  readonly sentBy: string = `${randomBytes(6).toString('hex')}.invalid`;
  readonly #options: TransportOptions;
  readonly #connections: Connections<Connection>;

  constructor(options: TransportOptions) {
    this.host = options.local.host;
    this.#options = options;
    this.#connections = new Connections(options.receiver);
  }

  toProxy(): Flow {
    return this.#connections.toProxy(() => this.#connect());
  }

  close(): Promise<void> {
    return this.#connections.end();
  }

  #connect(): Connection {
    const { local, proxy, receiver, security } = this.#options;
    const url = `${security ? 'wss' : 'ws'}://${formatHostPort(proxy)}`;
    const socket = new WebSocket(url, ['sip'], {
      ...(security && certificateChecks(security)),
      handshakeTimeout: connectDeadline,
      localAddress: local.host,
      perMessageDeflate: false,
    });
    const connection = new Connection(socket, proxy);
    socket.on('message', (octets: Buffer) => receiver.received(octets.toString('latin1'), connection));
    return this.#connections.add(connection, socket);
  }
}

class Connection implements Flow {
  readonly reliable = true;
  readonly host: string;
  readonly port: number;
  readonly #socket: WebSocket;
  readonly #opened: Promise<unknown>;

  constructor(socket: WebSocket, { host, port }: HostPort) {
    this.#socket = socket;
    this.host = host;
    this.port = port;
    this.#opened = new Promise((resolve) => socket.once('open', resolve));
  }

  repliesTo(): Flow {
    return this;
  }

  send(text: string): void {
    const octets = Buffer.from(text, 'latin1');
    if (this.#socket.readyState === WebSocket.CONNECTING)
      void this.#opened.then(() => this.#socket.send(octets));
    else this.#socket.send(octets);
  }

  async end(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}
