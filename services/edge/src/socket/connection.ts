import type { Socket } from 'node:net';
import { Framer } from '@tandem/sip';
import type { Flow, Receiver } from './flow.ts';
import type { Listener } from './listener.ts';
import type { Transport } from './transport.ts';

/** Octets that may wait for a peer that does not read; over it the connection is closed. */
export const maxUnsent: number = 1024 * 1024;
/** Milliseconds without a message after which a connection is closed; phones refresh or ping well before. */
export const idleTimeout: number = 2 * 60 * 60_000;
/** Milliseconds that a peer may take from its first octet to the end of a message, and to accept a connection. */
const messageTimeout = 32_000;

/** Where a connection leads, and from where. */
export interface ConnectionEnds {
  readonly number: number;
  readonly host: string;
  readonly port: number;
  readonly listener: Listener;
}

/** An IPv4 peer of an IPv6 socket appears as `::ffff:192.0.2.4`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** A stream of messages to one peer: TCP, or TLS over it. */
export class Connection implements Flow {
  readonly transport: Transport;
  readonly reliable = true;
  readonly connection: number;
  readonly host: string;
  readonly port: number;
  readonly listener: Listener;
  /** The names that the peer's certificate proves. */
  proven: readonly string[] = [];
  error: Error | undefined;
  readonly #socket: Socket;
  readonly #framer = new Framer();
  /** Runs while part of a message has arrived. */
  #pending: NodeJS.Timeout | undefined;

  constructor(socket: Socket, ends: ConnectionEnds, receiver: Receiver) {
    this.#socket = socket;
    this.transport = ends.listener.transport;
    this.connection = ends.number;
    this.host = ends.host;
    this.port = ends.port;
    this.listener = ends.listener;
    socket.setTimeout(idleTimeout, () => socket.destroy(new Error('the connection was idle')));
    socket.on('data', (octets) => this.#read(octets, receiver));
    socket.on('error', (error) => {
      this.error = error;
    });
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

  /** What is sent waits until `opened`, which has to come in time. */
  opening(): void {
    this.#socket.cork();
    this.#watch();
  }

  opened(): void {
    this.#unwatch();
    this.#socket.uncork();
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
