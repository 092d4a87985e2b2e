import type { Socket } from 'node:net';
import type { ConnectionLimits } from './connection-limits.ts';

/** Octets that may wait for a peer that does not read; over it the connection is closed. */
const maxUnsent = 1024 * 1024;
/** Octets that may wait for it when too much waits for all. */
const fairUnsent = 65_536;
/** Milliseconds that a peer may take to read anything of what waits: what waits longer than a transaction is of no use. */
const readTimeout = 32_000;

/** What waits for the peer of a connection to be read; one that does not read is cut off. */
export class Backlog {
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  /** Octets that wait, and who looks whether they become fewer. */
  #unsent = 0;
  #stalled: NodeJS.Timeout | undefined;
  /** Looks at what waits: when something was written, and when it has left. */
  readonly look = (): void => this.#count(this.#socket.destroyed ? 0 : this.#socket.writableLength);

  constructor(socket: Socket, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#limits = limits;
    socket.once('close', () => this.#count(0));
  }

  /** Whether more may be written; a peer for which too much waits is cut off. */
  admits(): boolean {
    const waiting = this.#socket.writableLength;
    if (waiting <= fairUnsent || (waiting <= maxUnsent && !this.#limits.isFull)) return true;
    this.#cutOff();
    return false;
  }

  #count(octets: number): void {
    this.#limits.unsent += octets - this.#unsent;
    this.#unsent = octets;
    if (octets > 0) this.#stalled ??= this.#watch();
    else {
      clearTimeout(this.#stalled);
      this.#stalled = undefined;
    }
  }

  /** A peer that reads slowly is given more time. */
  #watch(): NodeJS.Timeout {
    const sent = this.#sent;
    return setTimeout(() => {
      this.#stalled = undefined;
      this.look();
      if (this.#unsent > 0 && this.#sent === sent) this.#cutOff();
    }, readTimeout);
  }

  get #sent(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  #cutOff(): void {
    this.#limits.stalled++;
    this.#socket.destroy(new Error('the peer does not read:'));
  }
}
