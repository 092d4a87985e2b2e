import type { Socket } from 'node:net';
import { firstConnection } from '@tandem/platform';
import { HalfOpen } from './half-open.ts';
import { plainAddress, sourceOf } from './source.ts';
import type { Certificates } from './tls/certificates.ts';

/** Octets that may wait for peers that do not read, all in all. */
const maxUnsent = 64 * 1024 * 1024;

/** How many connections peers may have open, and what may wait for them. */
export class ConnectionLimits {
  readonly halfOpen: HalfOpen = new HalfOpen();
  /** How many were closed at once, because there were too many. */
  refused = 0;
  /** Connections whose peer did not read. */
  stalled = 0;
  /** Octets that wait for peers that do not read. */
  unsent = 0;
  readonly #perSource: number;
  readonly #total: number;
  readonly #counts = new Map<string, number>();
  #open = 0;

  constructor(limits: { readonly sipMaxConnections: number; readonly sipMaxConnectionsPerSource: number }) {
    this.#perSource = limits.sipMaxConnectionsPerSource;
    this.#total = limits.sipMaxConnections;
  }

  /** Whether a peer may have one more; it is counted until it closes, or closed at once. */
  admits(socket: Socket): boolean {
    const { remoteAddress } = socket;
    const source = remoteAddress === undefined ? undefined : sourceOf(plainAddress(remoteAddress));
    if (source !== undefined && this.#hasRoomFor(source)) {
      this.#opened(source);
      this.halfOpen.add(socket, source);
      socket.once('close', () => this.#closed(source));
      return true;
    }
    this.refused++;
    socket.destroy();
    return false;
  }

  get isFull(): boolean {
    return this.unsent > maxUnsent;
  }

  #hasRoomFor(source: string): boolean {
    return this.#open < this.#total && (this.#counts.get(source) ?? 0) < this.#perSource;
  }

  #opened(source: string): void {
    this.#open++;
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
  }

  #closed(source: string): void {
    this.#open--;
    const left = (this.#counts.get(source) ?? 1) - 1;
    if (left === 0) this.#counts.delete(source);
    else this.#counts.set(source, left);
  }
}

/** Numbers that never come back, not even after a restart. */
export class ConnectionNumbers {
  #last: number;

  constructor(startedMs: number) {
    this.#last = firstConnection(startedMs);
  }

  next(): number {
    return ++this.#last;
  }
}

/** What all sockets of an edge for connections have in common. */
export interface ConnectionAllowance {
  readonly limits: ConnectionLimits;
  readonly numbers: ConnectionNumbers;
  /** Undefined where nothing listens that needs them. */
  readonly certificates?: Certificates | undefined;
  /** The pages whose scripts may open a WebSocket; any when undefined. */
  readonly origins?: readonly string[] | undefined;
}
