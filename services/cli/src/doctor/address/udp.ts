import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { HostPort } from '@tandem/platform';

/** A datagram that has come back, and where from. */
export interface Returned {
  readonly from: HostPort;
  readonly octets: Buffer;
}

/** A socket that hears whoever answers, not only the one that was asked. */
export class OpenSocket {
  readonly #socket: Socket;
  readonly returned: Returned[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (octets, { address, port }) => {
      this.returned.push({ from: { host: address, port }, octets });
    });
    // What could not be delivered is missing in what has come back.
    socket.on('error', () => undefined);
  }

  /** Of the family of a host. */
  static async open(host: string): Promise<OpenSocket> {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    await once(socket.bind(), 'listening');
    return new OpenSocket(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(octets: Uint8Array, { host, port }: HostPort): void {
    this.#socket.send(octets, port, host, () => undefined);
  }

  close(): void {
    this.#socket.close();
  }
}
