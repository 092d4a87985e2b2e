import { type Batch, type DatagramSocket, formatAddress, openDatagram, parseAddress } from '@tandem/datagram';
import { formatHostPort, type HostPort } from '@tandem/platform';
import type { Flow, Receiver, Transport, TransportOptions } from './transport.ts';

/** Binds a UDP socket. Rejects with the system's error. */
export async function openUdp({ local, proxy, receiver }: TransportOptions): Promise<Transport> {
  const socket = await openDatagram({ ...local, reader: (batch, own) => read(batch, own, receiver) });
  return new UdpTransport(socket, proxy);
}

class UdpTransport implements Transport {
  readonly host: string;
  readonly port: number;
  readonly sentBy: string;
  readonly #socket: DatagramSocket;
  readonly #proxy: Flow;

  constructor(socket: DatagramSocket, proxy: HostPort) {
    this.host = socket.host;
    this.port = socket.port;
    this.sentBy = formatHostPort(this);
    this.#socket = socket;
    this.#proxy = new UdpFlow(socket, parseAddress(proxy.host) ?? Number.NaN, proxy.port);
  }

  toProxy(): Flow {
    return this.#proxy;
  }

  close(): Promise<void> {
    return this.#socket.close();
  }
}

function read(batch: Batch, socket: DatagramSocket, receiver: Receiver): void {
  for (let index = 0; index < batch.count; index++) {
    const offset = batch.offsets[index]!;
    const text = batch.slab.toString('latin1', offset, offset + batch.lengths[index]!);
    receiver.received(text, new UdpFlow(socket, batch.addresses[index]!, batch.ports[index]!));
  }
}

class UdpFlow implements Flow {
  readonly reliable = false;
  readonly port: number;
  readonly #socket: DatagramSocket;
  readonly #address: number;

  constructor(socket: DatagramSocket, address: number, port: number) {
    this.#socket = socket;
    this.#address = address;
    this.port = port;
  }

  get host(): string {
    return formatAddress(this.#address);
  }

  repliesTo(port: number): Flow {
    return port === this.port ? this : new UdpFlow(this.#socket, this.#address, port);
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#address, this.port);
    this.#socket.flush();
  }
}
