import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Fault } from '@tandem/sip';
import type { WebSocket } from 'ws';
import { Backlog } from './backlog.ts';
import { type ConnectionEnds, idleTimeout } from './connection.ts';
import { connectionFailure } from './connection-failure.ts';
import { type Flow, hostPort, type Receiver } from './flow.ts';
import type { Listener } from './listener.ts';
import type { Transport } from './transport.ts';

/** RFC 7118 §6 and RFC 5626 §3.5.1: two line ends are a ping, whose pong is one. */
const keepAlive = '\r\n\r\n';

/** Where a WebSocket leads, and what is below it. */
export interface WebEnds extends ConnectionEnds {
  /** The names that the peer's certificate proves. */
  readonly proven: readonly string[];
  readonly accepted: Socket;
  /** The same, or TLS over it. */
  readonly stream: Socket;
}

/** A WebSocket that a peer has opened; each of its messages is a SIP message (RFC 7118 §5). */
export class WebConnection implements Flow {
  readonly transport: Transport;
  readonly reliable = true;
  readonly connection: number;
  readonly host: string;
  readonly port: number;
  readonly listener: Listener;
  /** The names that the peer's certificate proves. */
  readonly proven: readonly string[];
  failure: Fault | undefined;
  readonly #socket: WebSocket;
  readonly #backlog: Backlog;
  /** As it was before TLS and the handshake. */
  readonly #accepted: Socket;
  /** Whether the peer has said anything whole since it was last looked at. */
  #hasSpoken = true;
  /** Milliseconds of the sweeps since the last message. */
  #silence = 0;

  constructor(socket: WebSocket, ends: WebEnds, receiver: Receiver) {
    this.#socket = socket;
    this.#backlog = new Backlog(ends.stream, ends.limits);
    this.transport = ends.listener.transport;
    this.connection = ends.number;
    this.host = ends.host;
    this.port = ends.port;
    this.listener = ends.listener;
    this.proven = ends.proven;
    this.#accepted = ends.accepted;
    socket.on('message', (octets: Buffer) => this.#read(octets.toString('latin1'), receiver));
    socket.on('ping', () => this.#spoke());
    socket.on('pong', () => this.#spoke());
    for (const source of [socket, ends.stream]) source.on('error', (error: Error) => this.#fail(error));
  }

  repliesTo(): Flow {
    return this;
  }

  /** RFC 7118 §5: as text where it is UTF-8, which is all that some browsers' stacks read, else as binary. */
  send(message: string): void {
    if (!this.#backlog.admits()) return;
    const octets = Buffer.from(message, 'latin1');
    this.#socket.send(octets, { binary: !isUtf8(octets) }, this.#backlog.look);
    this.#backlog.look();
  }

  /**
   * Pings a peer that was silent for a while, so that no proxy on the way takes the connection for unused, and cuts off
   * one that has not even answered that: it is gone, or does not get to the end of a frame.
   */
  sweep(period: number): void {
    this.#silence += period;
    if (this.#silence > idleTimeout) this.#end('nothing came for hours from');
    else if (!this.#hasSpoken) this.#end('a ping was not answered by');
    else if (this.#silence > period) {
      this.#hasSpoken = false;
      this.#socket.ping();
    }
  }

  keepOpen(seconds: number): void {
    this.#accepted.setKeepAlive(true, seconds * 1_000);
  }

  /** Resolves when the peer has closed as well, or was given the time to. */
  async end(): Promise<void> {
    // What a peer does wrong meanwhile is an error of the socket, and no reason to stop waiting.
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('close', () => resolve());
    this.#socket.close(goingAway);
    await promise;
  }

  destroy(): void {
    this.#socket.terminate();
  }

  #read(text: string, receiver: Receiver): void {
    this.#spoke();
    this.#silence = 0;
    if (text === keepAlive) this.send('\r\n');
    else receiver.received(text, this);
  }

  #end(problem: string): void {
    this.#fail(new Error(problem));
    this.destroy();
  }

  /** What was wrong first. */
  #fail(error: Error): void {
    this.failure ??= connectionFailure(error, hostPort(this.host, this.port));
  }

  #spoke(): void {
    this.#hasSpoken = true;
  }
}

/** RFC 6455 §7.4.1. */
const goingAway = 1001;
