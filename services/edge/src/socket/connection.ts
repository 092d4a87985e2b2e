import type { Socket } from 'node:net';
import { type Fault, Framer } from '@tandem/sip';
import { Backlog } from './backlog.ts';
import { connectionFailure } from './connection-failure.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { type Flow, hostPort, type Receiver } from './flow.ts';
import type { Listener } from './listener.ts';
import type { Transport } from './transport.ts';

/** Milliseconds without a message after which a connection is closed; phones refresh or ping well before. */
export const idleTimeout: number = 2 * 60 * 60_000;
/**
 * Milliseconds that a peer may take from its first octet to the end of a message, to accept a connection, and to say the
 * first thing over one that it has opened.
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
  isOpened = false;
  isConnected = false;
  /** Ends while it is being opened. */
  #opening: PromiseWithResolvers<void> | undefined;
  #onAlias: ((port: number) => void) | undefined;
  readonly #socket: Socket;
  readonly #backlog: Backlog;
  readonly #framer = new Framer();
  /** Runs while part of a message has arrived. */
  #pending: NodeJS.Timeout | undefined;
  #onFirst: (() => void) | undefined;

  constructor(socket: Socket, ends: ConnectionEnds, receiver: Receiver) {
    this.#socket = socket;
    this.#backlog = new Backlog(socket, ends.limits);
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
    socket.once('close', () => this.#settle());
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  repliesTo(): Flow {
    return this;
  }

  send(message: string): void {
    if (!this.#backlog.admits()) return;
    const socket = this.#socket;
    socket.write(message, 'latin1', this.#backlog.look);
    if (socket.writableLength > 0) this.#backlog.look();
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

  /**
   * The peer has opened it, and has to say something in time; `heard` is called when it has, and `aliased` when it wants
   * requests over it.
   */
  accepted(heard: () => void, aliased: (port: number) => void): void {
    this.#onAlias = aliased;
    this.#onFirst = heard;
    this.#watch();
  }

  alias(port: number): void {
    this.#onAlias?.(port);
    this.#onAlias = undefined;
  }

  /** Calls when it has ended. */
  whenClosed(call: () => void): void {
    this.#socket.once('close', call);
  }

  /** What is sent waits until `opened`, which has to come in time. */
  opening(): void {
    this.isOpened = true;
    this.#opening = Promise.withResolvers();
    this.#socket.once('connect', () => {
      this.isConnected = true;
    });
    this.#socket.cork();
    this.#watch();
  }

  opened(): void {
    this.#settle();
    this.#socket.uncork();
  }

  async whenOpen(): Promise<Fault | undefined> {
    await this.#opening?.promise;
    if (!this.isGone) return undefined;
    return this.failure ?? connectionFailure(new Error('closed by'), hostPort(this.host, this.port));
  }

  #settle(): void {
    this.#unwatch();
    this.#opening?.resolve();
    this.#opening = undefined;
  }

  #read(octets: Buffer, receiver: Receiver): void {
    for (const frame of this.#framer.push(octets.toString('latin1'))) {
      // What is not whole now began after this frame, and has its own time: a busy peer's segments seldom end with a message.
      this.#unwatch();
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
