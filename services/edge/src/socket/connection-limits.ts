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
  /** Whether a peer at an address may still open connections. */
  isWelcome: (host: string) => boolean = () => true;
  readonly halfOpen: HalfOpen = new HalfOpen();
  /** How many were closed at once, because there were too many, or their source is banned. */
  refused = 0;
  /** Connections whose peer did not read. */
  stalled = 0;
  /** Octets that wait for peers that do not read. */
  unsent = 0;
  readonly #accepted: Tally;
  /** Apart, so that nobody who comes can keep us from going to others. */
  readonly #opened: Tally;

  constructor(limits: Caps) {
    this.#accepted = new Tally(limits);
    this.#opened = new Tally(limits);
  }

  /** Whether a peer may have one more; it is counted until it closes, or closed at once. */
  admits(socket: Socket): boolean {
    const host = plainAddress(socket.remoteAddress ?? '');
    const source = sourceOf(host);
    const isRefused = source === undefined || this.isBanned(host) || !this.isWelcome(host);
    if (isRefused || !this.#accepted.takes(socket, source)) {
      this.refused++;
      socket.destroy();
      return false;
    }
    this.halfOpen.add(socket, source);
    return true;
  }

  /** Counts one that we open, or breaks it: whom users may call could have us open any number. */
  opens(socket: Socket, host: string): void {
    const peer = sourceOf(host);
    if (peer === undefined || !this.#opened.takes(socket, peer))
      socket.destroy(new Error('too many connections to'));
  }

  get isFull(): boolean {
    return this.unsent > maxUnsent;
  }
}

interface Caps {
  readonly sipMaxConnections: number;
  readonly sipMaxConnectionsPerSource: number;
}

/** How many connections there are, of each peer and in all. */
class Tally {
  readonly #caps: Caps;
  readonly #counts = new Map<number, number>();
  #open = 0;

  constructor(caps: Caps) {
    this.#caps = caps;
  }

  /** Whether there is room for one more; it is counted until it closes. */
  takes(socket: Socket, peer: number): boolean {
    const count = this.#counts.get(peer) ?? 0;
    const { sipMaxConnections, sipMaxConnectionsPerSource } = this.#caps;
    if (this.#open >= sipMaxConnections || count >= sipMaxConnectionsPerSource) return false;
    this.#open++;
    this.#counts.set(peer, count + 1);
    socket.once('close', () => this.#closed(peer));
    return true;
  }

  #closed(peer: number): void {
    this.#open--;
    const left = (this.#counts.get(peer) ?? 1) - 1;
    if (left === 0) this.#counts.delete(peer);
    else this.#counts.set(peer, left);
  }
}

function sourceOf(host: string): number | undefined {
  const address = parseIpAddress(host);
  return address === undefined ? undefined : addressKey(address);
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
