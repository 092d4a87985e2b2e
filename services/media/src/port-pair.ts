import type { DatagramSocket } from '@tandem/datagram';
import type { Expectation } from './expectation.ts';
import type { Leg } from './leg.ts';
import { Occupancy } from './occupancy.ts';
import { PeerTable } from './peer-table.ts';
import type { Ended } from './quarantine.ts';

/** What the relay needs of a socket. */
export type Outlet = Pick<DatagramSocket, 'forward' | 'flush' | 'close'>;

/** One UDP port of ours. */
export class Channel {
  readonly pair: PortPair;
  /** Whether it is the pair's RTCP port. */
  readonly control: boolean;
  readonly outlet: Outlet;
  /** The legs whose source has proven itself here. */
  readonly peers: PeerTable<Leg> = new PeerTable();
  /** Whether the outlet waits to be flushed. */
  touched = false;

  constructor(pair: PortPair, control: boolean, outlet: Outlet) {
    this.pair = pair;
    this.control = control;
    this.outlet = outlet;
  }
}

/** An even port for RTP, and the next for RTCP. */
export class PortPair {
  /** The RTP port. */
  readonly port: number;
  /** Whether legs share it; else it serves one at a time. */
  readonly shared: boolean;
  readonly rtp: Channel;
  readonly rtcp: Channel;
  readonly legs: Occupancy<Leg> = new Occupancy();
  /** Sources of legs that have ended. */
  readonly ended: Occupancy<Ended> = new Occupancy();

  constructor(port: number, shared: boolean, outlets: { readonly rtp: Outlet; readonly rtcp: Outlet }) {
    this.port = port;
    this.shared = shared;
    this.rtp = new Channel(this, false, outlets.rtp);
    this.rtcp = new Channel(this, true, outlets.rtcp);
  }

  /** Whether nothing is, or was a moment ago, expected here. */
  get vacant(): boolean {
    return this.legs.size === 0 && this.ended.size === 0;
  }

  /** Whether a leg with these expectations could be taken for another one here, or for one that has ended. */
  confuses(expectations: readonly Expectation[], leg?: Leg): boolean {
    return this.legs.confuses(expectations, leg) || this.ended.confuses(expectations);
  }

  /** Whether another leg here, or one that has ended, is at the very same port. */
  claims(expectations: readonly Expectation[], leg: Leg): boolean {
    return this.legs.claims(expectations, leg) || this.ended.claims(expectations);
  }

  async close(): Promise<void> {
    await Promise.all([this.rtp.outlet.close(), this.rtcp.outlet.close()]);
  }
}
