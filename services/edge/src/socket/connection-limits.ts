import { firstConnection } from '@tandem/platform';
import type { Receiver } from './flow.ts';
import type { Certificates } from './tls/certificates.ts';

/** Who may open connections, and how many. */
export class ConnectionLimits {
  /** Known as soon as there is somebody who takes what arrives. */
  isBanned: Receiver['isBanned'] = () => false;
  readonly #perSource: number;
  readonly #total: number;
  readonly #counts = new Map<string, number>();
  #open = 0;

  constructor(limits: { readonly sipMaxConnections: number; readonly sipMaxConnectionsPerSource: number }) {
    this.#perSource = limits.sipMaxConnectionsPerSource;
    this.#total = limits.sipMaxConnections;
  }

  admits(host: string): boolean {
    if (this.isBanned(host)) return false;
    return this.#open < this.#total && (this.#counts.get(host) ?? 0) < this.#perSource;
  }

  opened(host: string): void {
    this.#open++;
    this.#counts.set(host, (this.#counts.get(host) ?? 0) + 1);
  }

  closed(host: string): void {
    this.#open--;
    const left = (this.#counts.get(host) ?? 1) - 1;
    if (left === 0) this.#counts.delete(host);
    else this.#counts.set(host, left);
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
