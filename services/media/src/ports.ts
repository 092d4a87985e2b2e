import { type DatagramOptions, type DatagramSocket, openDatagram } from '@tandem/datagram';
import type { OpenPair } from './placement.ts';
import { PortPair } from './port-pair.ts';
import type { Relay } from './relay.ts';

// A port of one leg needs no room for more than its own bursts.
const ownReceiveBuffer = 256 * 1024;

/** Opens pairs whose packets go to a relay. */
export function pairOpener(
  at: Pick<DatagramOptions, 'host' | 'bothFamilies'>,
  relay: Relay,
  now: () => number,
): OpenPair {
  return async (port, shared) => {
    // Nothing arrives before this function is done: a socket reads in a later turn of the event loop.
    let pair: PortPair | undefined;
    const open = (port: number, channel: 'rtp' | 'rtcp'): Promise<DatagramSocket> =>
      openDatagram({
        ...at,
        port,
        reader: (batch) => pair && relay.receive(pair[channel], batch, now()),
        failed: () => relay.counters.unsent++,
        ...(shared ? {} : { receiveBuffer: ownReceiveBuffer }),
      });
    const rtp = await open(port, 'rtp');
    try {
      pair = new PortPair(port, shared, { rtp, rtcp: await open(port + 1, 'rtcp') });
      return pair;
    } catch (error) {
      await rtp.close();
      throw error;
    }
  };
}
