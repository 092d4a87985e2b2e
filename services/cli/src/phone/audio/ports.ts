import { type DatagramSocket, openDatagram, type Reader } from '@tandem/datagram';
import { Fault } from '@tandem/sip';
import { phoneAddressUnavailable } from '../faults.ts';

/** An even port for RTP, and the next for RTCP (RFC 3550 §11). */
export interface PortPair {
  readonly rtp: DatagramSocket;
  readonly rtcp: DatagramSocket;
}

export interface PairReaders {
  readonly rtp: Reader;
  readonly rtcp: Reader;
}

const attempts = 50;
/** Bytes: one stream needs no room for more than its own bursts. */
const receiveBuffer = 256 * 1024;

/** Opens a pair of ports that the system chooses. Throws `phone-address-unavailable`. */
export async function openPair(host: string, readers: PairReaders): Promise<PortPair> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const rtp = await open(host, 0, readers.rtp);
    const rtcp = rtp && rtp.port % 2 === 0 ? await open(host, rtp.port + 1, readers.rtcp) : undefined;
    if (rtp && rtcp) return { rtp, rtcp };
    await rtp?.close();
  }
  throw new Fault(phoneAddressUnavailable, `${host}: no two ports in a row are free`);
}

/** Undefined when the port is taken. */
async function open(host: string, port: number, reader: Reader): Promise<DatagramSocket | undefined> {
  try {
    return await openDatagram({ host, port, reader, receiveBuffer });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return undefined;
    throw new Fault(phoneAddressUnavailable, `${host}: ${message}`, { cause: error });
  }
}
