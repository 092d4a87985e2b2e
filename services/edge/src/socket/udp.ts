import { type Batch, type DatagramSocket, formatAddress, openDatagram, parseAddress } from '@tandem/datagram';
import type { Flow, Receiver } from './flow.ts';
import type { Listener } from './listener.ts';

/** A listening UDP socket. */
export class UdpSocket {
  readonly listener: Listener;
  readonly #socket: DatagramSocket;

  private constructor(socket: DatagramSocket, listener: Listener) {
    this.#socket = socket;
    this.listener = listener;
  }

  /** Rejects with the system's error when the address cannot be bound. */
  static async open(listener: Listener, receiver: Receiver): Promise<UdpSocket> {
    // Nothing arrives before the caller has the socket: the reader runs in a later turn of the event loop.
    let udp: UdpSocket | undefined;
    const socket = await openDatagram({
      host: listener.host,
      port: listener.port,
      reader: (batch) => udp?.read(batch, receiver),
    });
    udp = new UdpSocket(socket, { ...listener, port: socket.port });
    return udp;
  }

  read(batch: Batch, receiver: Receiver): void {
    for (let i = 0; i < batch.count; i++) {
      if (receiver.isBanned(formatAddress(batch.addresses[i]!))) continue;
      const offset = batch.offsets[i]!;
      const text = batch.slab.toString('latin1', offset, offset + batch.lengths[i]!);
      receiver.received(text, new UdpFlow(this, batch.addresses[i]!, batch.ports[i]!));
    }
    this.#socket.flush();
  }

  /** The flow to a peer; undefined when `host` is no IP literal. */
  flowTo(host: string, port: number): Flow | undefined {
    const address = parseAddress(host);
    return address === undefined ? undefined : new UdpFlow(this, address, port);
  }

  send(message: string, address: number, port: number): void {
    const socket = this.#socket;
    const offset = socket.reserve(message.length);
    socket.slab.write(message, offset, 'latin1');
    socket.commit(offset, message.length, address, port);
    socket.flush();
  }

  close(): Promise<void> {
    return this.#socket.close();
  }
}

class UdpFlow implements Flow {
  readonly transport = 'udp';
  readonly reliable = false;
  readonly connection = 0;
  readonly port: number;
  readonly #socket: UdpSocket;
  readonly #address: number;
  readonly #replyPort: number;

  constructor(socket: UdpSocket, address: number, port: number, replyPort: number = port) {
    this.#socket = socket;
    this.#address = address;
    this.port = port;
    this.#replyPort = replyPort;
  }

  get host(): string {
    return formatAddress(this.#address);
  }

  get listener(): Listener {
    return this.#socket.listener;
  }

  repliesTo(port: number): Flow {
    return port === this.#replyPort ? this : new UdpFlow(this.#socket, this.#address, this.port, port);
  }

  send(message: string): void {
    this.#socket.send(message, this.#address, this.#replyPort);
  }
}
