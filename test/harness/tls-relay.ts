import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connect } from 'node:tls';

/** To whom a relay speaks TLS, and by which authority's certificate (PEM) it proves itself. */
export interface SecurePeer {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
}

/** Lends TLS to who speaks none, such as Debian's sipp: a connection to it is one over TLS to the peer. */
export class TlsRelay {
  /** `address:port` where it takes connections. */
  readonly address: string;
  readonly #close: () => void;

  private constructor(address: string, close: () => void) {
    this.address = address;
    this.#close = close;
  }

  static async open(host: string, peer: SecurePeer): Promise<TlsRelay> {
    const open = new Set<Socket>();
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect(peer).setNoDelay(true);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(from);
        from.on('error', () => to.destroy()).once('close', () => open.delete(from));
        from.pipe(to);
      }
    });
    await once(server.listen(0, host), 'listening');
    return new TlsRelay(`${host}:${(server.address() as AddressInfo).port}`, () => {
      server.close();
      for (const socket of open) socket.destroy();
    });
  }

  close(): void {
    this.#close();
  }
}
