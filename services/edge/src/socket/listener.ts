import type { Transport } from './transport.ts';

/** One of our own addresses. */
export interface Listener {
  readonly transport: Transport;
  /** Where the socket is bound. */
  readonly host: string;
  readonly port: number;
  /** What Via says: `host:port`. It changes with the address that this node is reached by. */
  advertised: string;
  /** What Record-Route says instead, where edges share an address: `host` or `host:port`. */
  shared?: string | undefined;
  /** The address moves between edges; only who has it now can use it. */
  readonly floating?: boolean;
}
