import type { Transport } from './transport.ts';

/** One of our own addresses. */
export interface Listener {
  readonly transport: Transport;
  /** Where the socket is bound. */
  readonly host: string;
  readonly port: number;
  /** What Via and Record-Route say: `host:port`. */
  readonly advertised: string;
  /** The address moves between edges; only who has it now can use it. */
  readonly floating?: boolean;
}
