import type { Batch } from './batch.ts';

/** Takes what a socket received. The socket is handed in so that a reader can serve many. */
export type Reader = (batch: Batch, socket: DatagramSocket) => void;

/** How to open a socket. */
export interface DatagramOptions {
  /** The IP literal to bind; IPv6 sockets carry IPv6 only, unless `bothFamilies` is set. */
  readonly host: string;
  /** Has a socket at `::` carry IPv4 as well. */
  readonly bothFamilies?: boolean;
  /** The UDP port to bind; 0 lets the system choose. */
  readonly port: number;
  readonly reader: Reader;
  /** Hears of each datagram that could not be sent or read; never called from within a call to the socket. */
  readonly failed?: (error: NodeJS.ErrnoException, socket: DatagramSocket) => void;
  /** Lets other sockets bind the same address, and has the system spread what arrives over them. */
  readonly reusePort?: boolean;
  /** Bytes to ask for as the system's receive buffer; 4 MiB when unset. */
  readonly receiveBuffer?: number;
}

/** What a socket has done so far, in datagrams. */
export interface DatagramCounters {
  received: number;
  sent: number;
  /** Could not be sent or read. */
  failed: number;
}

/**
 * A UDP socket. What is given to `commit`, `send` and `forward` leaves in that order, at the latest on `flush`.
 * A datagram that cannot be sent is counted and told to `failed`; nothing here throws.
 */
export interface DatagramSocket {
  /** The IP literal that it is bound to. */
  readonly host: string;
  /** The UDP port that it is bound to. */
  readonly port: number;
  /** Bytes of receive buffer: less was granted than asked when the system's limit (net.core.rmem_max) is lower. */
  readonly receiveBuffer: { readonly asked: number; readonly granted: number };
  readonly counters: Readonly<DatagramCounters>;

  /** Where datagrams to send are written. Read it after `reserve`, which may change it. */
  readonly slab: Buffer;
  /** Makes room for one datagram of at most `length` bytes, until `commit`; returns where it begins in the slab. */
  reserve(length: number): number;
  /** Sends what was written into the slab. */
  commit(offset: number, length: number, address: number, port: number): void;

  /** Sends bytes, which belong to the socket from then on: they are not to be written again. */
  send(bytes: Uint8Array, address: number, port: number): void;

  /** Sends a received datagram on, also through another socket than it came by; `flush` before the reader returns. */
  forward(batch: Batch, index: number, address: number, port: number): void;

  /** Sends whatever waits. */
  flush(): void;

  /** Resolves once the address is free again. What still waits is counted as failed. */
  close(): Promise<void>;
}

/** Opens sockets. Rejects with the system's error, which names host:port; `code` is EADDRINUSE for one in use. */
export type DatagramBacking = (options: DatagramOptions) => Promise<DatagramSocket>;
