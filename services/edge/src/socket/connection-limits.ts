import type { Socket } from 'node:net';
import { firstConnection } from '@tandem/platform';
import { parseIpAddress } from '@tandem/sip';
import { addressKey } from '../guard/source-keys.ts';
import { plainAddress, type Receiver } from './flow.ts';
import { HalfOpen } from './half-open.ts';
import type { Certificates } from './tls/certificates.ts';

/** Octets that may wait for peers that do not read, all in all. */
const maxUnsent = 64 * 1024 * 1024;

/** Who may open connections, how many, and what may wait for them. */
export class ConnectionLimits {
  /** Known as soon as there is somebody who takes what arrives. */
  isBanned: Receiver['isBanned'] = () => false;
  readonly halfOpen: HalfOpen = new HalfOpen();
  /** How many were closed at once, because there were too many, or their source is banned. */
  refused = 0;
  /** Connections whose peer did not read. */
  stalled = 0;
  /** Octets that wait for peers that do not read. */
  unsent = 0;
  readonly #perSource: number;
  readonly #total: number;
  readonly #counts = new Map<number, number>();
  #open = 0;

  constructor(limits: { readonly sipMaxConnections: number; readonly sipMaxConnectionsPerSource: number }) {
    this.#perSource = limits.sipMaxConnectionsPerSource;
    this.#total = limits.sipMaxConnections;
  }

  /** Whether a peer may have one more; it is counted until it closes, or closed at once. */
  admits(socket: Socket): boolean {
    const host = plainAddress(socket.remoteAddress ?? '');
    const address = parseIpAddress(host);
    const source = address === undefined ? undefined : addressKey(address);
    if (source === undefined || this.isBanned(host) || !this.#hasRoomFor(source)) {
      this.refused++;
      socket.destroy();
      return false;
    }
    this.#opened(source);
    this.halfOpen.add(socket, source);
    socket.once('close', () => this.#closed(source));
    return true;
  }

  get isFull(): boolean {
    return this.unsent > maxUnsent;
  }

  #hasRoomFor(source: number): boolean {
    return this.#open < this.#total && (this.#counts.get(source) ?? 0) < this.#perSource;
  }

  #opened(source: number): void {
    this.#open++;
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
  }

  #closed(source: number): void {
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
