import { openDgram } from './dgram.ts';
import type { DatagramBacking } from './socket.ts';

/** Opens a socket on the best backing that this machine has. */
export const openDatagram: DatagramBacking = openDgram;

export { formatAddress, parseAddress } from './address.ts';
export type { Batch } from './batch.ts';
export type { DatagramBacking, DatagramCounters, DatagramOptions, DatagramSocket, Reader } from './socket.ts';
