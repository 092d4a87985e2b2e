import { formatAddress, parseAddress } from './address.ts';
import type { DatagramOptions, DatagramSocket } from './socket.ts';

export const loopback = '127.0.0.1';
/** What one datagram holds over IPv4. */
export const largestDatagram = 65_507;

interface Received {
  readonly bytes: Buffer;
  readonly host: string;
  readonly port: number;
}

/** A socket that remembers what it received and what failed. */
export class Peer {
  readonly received: Received[] = [];
  readonly failures: Error[] = [];
  socket!: DatagramSocket;
  #news: (() => void)[] = [];

  options(options: Partial<DatagramOptions>): DatagramOptions {
    return {
      host: loopback,
      port: 0,
      reader: (batch) => {
        for (let index = 0; index < batch.count; index++) {
          const offset = batch.offsets[index]!;
          const bytes = Buffer.from(batch.slab.subarray(offset, offset + batch.lengths[index]!));
          const host = formatAddress(batch.addresses[index]!);
          this.received.push({ bytes, host, port: batch.ports[index]! });
        }
        this.#tell();
      },
      failed: (error) => {
        this.failures.push(error);
        this.#tell();
      },
      ...options,
    };
  }

  get address(): number {
    return parseAddress(this.socket.host)!;
  }

  send(bytes: Buffer, to: Peer): void {
    this.socket.send(bytes, to.address, to.socket.port);
    this.socket.flush();
  }

  write(bytes: Buffer, to: Peer, flush: boolean = true): void {
    const offset = this.socket.reserve(largestDatagram);
    bytes.copy(this.socket.slab, offset);
    this.socket.commit(offset, bytes.length, to.address, to.socket.port);
    if (flush) this.socket.flush();
  }

  receives(count: number): Promise<void> {
    return this.#until(() => this.received.length >= count);
  }

  fails(count: number): Promise<void> {
    return this.#until(() => this.failures.length >= count);
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#news.push(resolve));
  }

  #tell(): void {
    for (const resolve of this.#news.splice(0)) resolve();
  }
}
