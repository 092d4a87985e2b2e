import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Target } from './target.ts';

/** Sends octets to a target, and hands back what comes from it. */
export interface Sender {
  /** Resolves when the octets have left; what the network says of them is not asked. */
  send(text: string): Promise<void>;
  close(): void;
}

export function openSender(target: Target, received: (text: string) => void): Sender {
  return new senders[target.transport](target, received);
}

/** What fits into a datagram. */
const maxDatagram = 65_507;

class UdpSender implements Sender {
  readonly #target: Target;
  readonly #socket: UdpSocket;

  constructor(target: Target, received: (text: string) => void) {
    this.#target = target;
    this.#socket = createSocket(isIPv6(target.host) ? 'udp6' : 'udp4');
    this.#socket.on('message', (octets) => received(octets.toString('latin1')));
    this.#socket.on('error', ignore);
  }

  async send(text: string): Promise<void> {
    const octets = Buffer.from(text.slice(0, maxDatagram), 'latin1');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.send(octets, this.#target.port, this.#target.host, () => resolve());
    return promise;
  }

  close(): void {
    this.#socket.close();
  }
}

/** After so many inputs a connection may wait for the rest of one of them for ever. */
const inputsPerConnection = 20;

class TcpSender implements Sender {
  readonly #target: Target;
  readonly #received: (text: string) => void;
  #socket: Socket | undefined;
  #left = 0;

  constructor(target: Target, received: (text: string) => void) {
    this.#target = target;
    this.#received = received;
  }

  async send(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = this.#open();
    // The target closes what it cannot delimit.
    socket.once('close', () => resolve());
    socket.write(text, 'latin1', () => resolve());
    return promise;
  }

  close(): void {
    this.#socket?.resetAndDestroy();
  }

  #open(): Socket {
    if (this.#socket && !this.#socket.destroyed && this.#left-- > 0) return this.#socket;
    this.#socket?.resetAndDestroy();
    this.#left = inputsPerConnection;
    const socket = connect(this.#target.port, this.#target.host);
    socket.setMaxListeners(2 * inputsPerConnection);
    socket.on('data', (octets) => this.#received(octets.toString('latin1')));
    socket.on('error', ignore);
    this.#socket = socket;
    return socket;
  }
}

class WebSocketSender implements Sender {
  readonly #socket: WebSocket;
  readonly #opened: Promise<unknown>;

  constructor({ host, port }: Target, received: (text: string) => void) {
    this.#socket = new WebSocket(`ws://${isIPv6(host) ? `[${host}]` : host}:${port}`, ['sip']);
    this.#socket.on('message', (octets: Buffer) => received(octets.toString('latin1')));
    this.#opened = once(this.#socket, 'open');
  }

  async send(text: string): Promise<void> {
    await this.#opened;
    this.#socket.send(Buffer.from(text, 'latin1'));
  }

  close(): void {
    this.#socket.terminate();
  }
}

const senders = { udp: UdpSender, tcp: TcpSender, ws: WebSocketSender };

function ignore(): void {}
