import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { type Message, split } from '../harness/message.ts';
import { statusOf } from './reply.ts';

/** The sender's end of a connection. */
export interface TortureEnd {
  /** Final responses that have come over it. */
  readonly answers: readonly Message[];
  readonly isClosed: boolean;
  send(text: string): void;
  close(): void;
}

function finals(text: string): readonly Message[] {
  // Whether there is a 100 is a matter of how fast the machine is.
  return split(text).messages.filter((message) => statusOf(message) >= 200);
}

/** That of TCP, or of TLS over it; the socket is connected. */
export class StreamEnd implements TortureEnd {
  isClosed = false;
  readonly #socket: Socket;
  #text = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (octets) => {
      this.#text += octets.toString('latin1');
    });
    socket.on('end', () => {
      this.isClosed = true;
    });
  }

  get answers(): readonly Message[] {
    return finals(this.#text);
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** That of a WebSocket. */
export class WebSocketEnd implements TortureEnd {
  isClosed = false;
  readonly #socket: WebSocket;
  #text = '';

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (octets: Buffer) => {
      this.#text += octets.toString('latin1');
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async open(url: string): Promise<WebSocketEnd> {
    const socket = new WebSocket(url, ['sip']);
    await once(socket, 'open');
    return new WebSocketEnd(socket);
  }

  get answers(): readonly Message[] {
    return finals(this.#text);
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'));
  }

  close(): void {
    this.#socket.terminate();
  }
}
