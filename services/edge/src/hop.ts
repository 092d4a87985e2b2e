import { type OctetReader, shortText } from '@tandem/platform';
import { type Transport, transports } from './socket/transport.ts';
import type { Hop } from './token.ts';

const flags = { nat: 2, edge: 4, sameEdge: 8, localHost: 16 };
/** What the first octet says of the transport: its lowest bit, as before there were more than two, and the highest three. */
const transportFlags: Readonly<Record<Transport, number>> = { udp: 0, tcp: 1, tls: 32 };
const transportMask = 0b1110_0001;

/** A hop in few octets; `before` is one that stands before it, whose edge need not be said again. */
export function encodeHop(hop: Hop, before?: Hop): Buffer {
  const sameEdge = hop.edge !== '' && hop.edge === before?.edge;
  const head = Buffer.alloc(5);
  head[0]! |= transportFlags[hop.transport];
  if (hop.nat) head[0]! |= flags.nat;
  if (sameEdge) head[0]! |= flags.sameEdge;
  else if (hop.edge !== '') head[0]! |= flags.edge;
  if (hop.localHost !== undefined) head[0]! |= flags.localHost;
  head.writeUInt16BE(hop.port, 1);
  head.writeUInt16BE(hop.localPort, 3);
  const parts = [head, shortText(hop.host)];
  if (hop.transport !== 'udp') parts.push(connectionOctets(hop.connection));
  if (hop.edge !== '' && !sameEdge) parts.push(shortText(hop.edge));
  if (hop.localHost !== undefined) parts.push(shortText(hop.localHost));
  return Buffer.concat(parts);
}

export function decodeHop(reader: OctetReader, before?: Hop): Hop {
  const head = reader.take(5);
  const has = (flag: number): boolean => (head[0]! & flag) !== 0;
  const transport = transportOf(head[0]!);
  const host = reader.shortText();
  const connection = transport !== 'udp' ? reader.take(6).readUIntBE(0, 6) : 0;
  const edge = has(flags.edge) ? reader.shortText() : has(flags.sameEdge) ? (before?.edge ?? '') : '';
  return {
    transport,
    host,
    port: head.readUInt16BE(1),
    localPort: head.readUInt16BE(3),
    ...(has(flags.localHost) && { localHost: reader.shortText() }),
    edge,
    connection,
    nat: has(flags.nat),
  };
}

function transportOf(head: number): Transport {
  const found = transports.find((transport) => transportFlags[transport] === (head & transportMask));
  if (!found) throw new Error('a token with a transport that this release does not speak');
  return found;
}

function connectionOctets(connection: number): Buffer {
  const octets = Buffer.alloc(6);
  octets.writeUIntBE(connection, 0, 6);
  return octets;
}
