/**
 * Datagrams that were received together. All of it is reused, so it is good only until the reader returns; until then
 * the reader may write into the bytes of a datagram, within its length.
 */
export interface Batch {
  /** The bytes of all of them. */
  slab: Buffer;
  /** How many there are: the rest of the columns is old. */
  count: number;
  /** Where each begins in the slab. */
  readonly offsets: Uint32Array;
  /** How many bytes each has. */
  readonly lengths: Uint32Array;
  /** The IP address that each came from, as `parseAddress` numbers it. */
  readonly addresses: Float64Array;
  /** The UDP port that each came from. */
  readonly ports: Uint16Array;
}

/** An empty batch with room for a number of datagrams. */
export function createBatch(room: number): Batch {
  return {
    slab: Buffer.alloc(0),
    count: 0,
    offsets: new Uint32Array(room),
    lengths: new Uint32Array(room),
    addresses: new Float64Array(room),
    ports: new Uint16Array(room),
  };
}
