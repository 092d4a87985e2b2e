import type { Socket } from 'node:net';
import { type Fault, Framer } from '@tandem/sip';
import { connectionFailure } from './connection-failure.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { type Flow, hostPort, type Receiver } from './flow.ts';
import type { Listener } from './listener.ts';
import type { Transport } from './transport.ts';

/** Octets that may wait for a peer that does not read; over it the connection is closed. */
export const maxUnsent: number = 1024 * 1024;
/** Octets that may wait for it when too much waits for all. */
const fairUnsent = 65_536;
/** Milliseconds without a message after which a connection is closed; phones refresh or ping well before. */
export const idleTimeout: number = 2 * 60 * 60_000;
/**
 * Milliseconds that a peer may take from its first octet to the end of a message, to accept a connection, to say the first
 * thing over one that it has opened, and to read anything of what waits for it.
 */
const messageTimeout = 32_000;

/** Where a connection leads, and from where. */
export interface ConnectionEnds {
  readonly number: number;
  readonly host: string;
  readonly port: number;
  readonly listener: Listener;
  readonly limits: ConnectionLimits;
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
  failure: Fault | undefined;
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  readonly #framer = new Framer();
  /** Runs while part of a message has arrived. */
  #pending: NodeJS.Timeout | undefined;
  /** Octets that wait, and who looks whether they become fewer. */
  #unsent = 0;
  #stalled: NodeJS.Timeout | undefined;
  #onFirst: (() => void) | undefined;
  readonly #count = (): void => this.#countUnsent(this.#socket.destroyed ? 0 : this.#socket.writableLength);

  constructor(socket: Socket, ends: ConnectionEnds, receiver: Receiver) {
    this.#socket = socket;
    this.#limits = ends.limits;
    this.transport = ends.listener.transport;
    this.connection = ends.number;
    this.host = ends.host;
    this.port = ends.port;
    this.listener = ends.listener;
    socket.setTimeout(idleTimeout, () => socket.destroy(new Error('nothing came for hours from')));
    socket.on('data', (octets) => this.#read(octets, receiver));
    socket.on('error', (error) => {
      this.failure = connectionFailure(error, hostPort(this.host, this.port));
    });
    socket.once('close', () => {
      this.#unwatch();
      this.#countUnsent(0);
    });
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  repliesTo(): Flow {
    return this;
  }

  send(message: string): void {
    const socket = this.#socket;
    const waiting = socket.writableLength;
    if (waiting > maxUnsent || (waiting > fairUnsent && this.#limits.isFull)) this.#cutOff();
    else {
      socket.write(message, 'latin1', this.#count);
      if (socket.writableLength > 0) this.#count();
    }
  }

  /** By the system, which costs this process nothing: ten probes a second apart, then the connection is broken. */
  keepOpen(seconds: number): void {
    this.#socket.setKeepAlive(true, seconds * 1_000);
  }

  end(): void {
    this.#socket.end();
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The peer has opened it, and has to say something in time; `heard` is called when it has. */
  accepted(heard: () => void): void {
    this.#onFirst = heard;
    this.#watch();
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
      this.#onFirst?.();
      this.#onFirst = undefined;
      if (frame.kind === 'message') receiver.received(frame.text, this);
      // RFC 5626 §3.5.1: the pong is a single CRLF.
      else if (frame.kind === 'ping') this.send('\r\n');
      else {
        receiver.broken(frame.text, frame.fault, this);
        this.#drain();
        return;
      }
    }
    if (this.#framer.pending > 0 || this.#onFirst) this.#watch();
    else this.#unwatch();
  }

  #countUnsent(octets: number): void {
    this.#limits.unsent += octets - this.#unsent;
    this.#unsent = octets;
    if (octets > 0) this.#stalled ??= this.#watchUnsent();
    else {
      clearTimeout(this.#stalled);
      this.#stalled = undefined;
    }
  }

  /** What waits longer than a transaction is of no use to anybody; a peer that reads slowly is given more time. */
  #watchUnsent(): NodeJS.Timeout {
    const sent = this.#sent;
    return setTimeout(() => {
      this.#stalled = undefined;
      this.#count();
      if (this.#unsent > 0 && this.#sent === sent) this.#cutOff();
    }, messageTimeout);
  }

  get #sent(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  #cutOff(): void {
    this.#limits.stalled++;
    this.#socket.destroy(new Error('the peer does not read:'));
  }

  /** Closes, but reads on: a connection with unread octets would be reset, and the peer not get the last answer. */
  #drain(): void {
    this.#socket.removeAllListeners('data').resume().end();
    this.#watch();
  }

  #watch(): void {
    this.#pending ??= setTimeout(
      () => this.#socket.destroy(new Error(`nothing complete within ${messageTimeout / 1000} s from`)),
      messageTimeout,
    );
  }

  #unwatch(): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
  }
}
