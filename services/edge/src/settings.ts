import { Fault, parseHostPort } from '@tandem/sip';
import { advertiseNeeded } from './faults.ts';
import { isWildcard } from './own-names.ts';
import { hostPort, type Transport } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';

/** What an edge is told at its start. */
export interface EdgeSettings {
  readonly region: string;
  readonly node: string;
  readonly listen: readonly { readonly transport: Transport; readonly host: string; readonly port: number }[];
  /** `host` or `host:port`; the listener's own address when undefined. */
  readonly advertise: string | undefined;
  /** The address that all edges share: `host` or `host:port`. */
  readonly shared: string | undefined;
  /** Transactions at once, those included that only wait for retransmissions. */
  readonly transactions: number;
  /** Connections that peers may have open. */
  readonly connections: { readonly perSource: number; readonly total: number };
}

/** The listeners with what Via says of each. A Fault when that cannot be known. */
export function advertisedListeners({ listen, advertise }: EdgeSettings): Listener[] {
  return listen.map((listener) => {
    const { host, port } = listener;
    if (advertise === undefined && isWildcard(host)) {
      throw new Fault(
        advertiseNeeded,
        `${listener.transport}://${hostPort(host, port)} listens on every address`,
      );
    }
    const named = advertise === undefined ? undefined : parseHostPort(advertise);
    return { ...listener, advertised: hostPort(named?.host ?? host, named?.port ?? port) };
  });
}
