import { type OctetReader, shortText } from '@tandem/platform';
import { type Transport, transports } from './socket/transport.ts';
import type { Hop } from './token.ts';

const flags = { connection: 1, nat: 2, edge: 4, sameEdge: 8, localHost: 16 };
/** A node that knows no more than UDP and TCP takes what has a connection for TCP, and relays it none the worse. */
const transportBits: Readonly<Record<Transport, number>> = {
  udp: 0,
  tcp: 1,
  tls: 1 | 32,
  ws: 1 | 64,
  wss: 1 | 32 | 64,
};
const transportMask = 1 | 32 | 64;

/** A hop in few octets; `before` is one that stands before it, whose edge need not be said again. */
export function encodeHop(hop: Hop, before?: Hop): Buffer {
  const sameEdge = hop.edge !== '' && hop.edge === before?.edge;
  const head = Buffer.alloc(5);
  head[0]! |= transportBits[hop.transport];
  if (hop.nat) head[0]! |= flags.nat;
  if (sameEdge) head[0]! |= flags.sameEdge;
  else if (hop.edge !== '') head[0]! |= flags.edge;
  if (hop.localHost !== undefined) head[0]! |= flags.localHost;
  head.writeUInt16BE(hop.port, 1);
  head.writeUInt16BE(hop.localPort, 3);
  const parts = [head, shortText(hop.host)];
  if (head[0]! & flags.connection) parts.push(connectionOctets(hop.connection));
  if (hop.edge !== '' && !sameEdge) parts.push(shortText(hop.edge));
  if (hop.localHost !== undefined) parts.push(shortText(hop.localHost));
  return Buffer.concat(parts);
}

export function decodeHop(reader: OctetReader, before?: Hop): Hop {
  const head = reader.take(5);
  const has = (flag: number): boolean => (head[0]! & flag) !== 0;
  const host = reader.shortText();
  const connection = has(flags.connection) ? reader.take(6).readUIntBE(0, 6) : 0;
  const edge = has(flags.edge) ? reader.shortText() : has(flags.sameEdge) ? (before?.edge ?? '') : '';
  return {
    transport: transportOf(head[0]!),
    host,
    port: head.readUInt16BE(1),
    localPort: head.readUInt16BE(3),
    ...(has(flags.localHost) && { localHost: reader.shortText() }),
    edge,
    connection,
    nat: has(flags.nat),
  };
}

function transportOf(octet: number): Transport {
  const bits = octet & transportMask;
  return transports.find((each) => transportBits[each] === bits) ?? 'tcp';
}

function connectionOctets(connection: number): Buffer {
  const octets = Buffer.alloc(6);
  octets.writeUIntBE(connection, 0, 6);
  return octets;
}
