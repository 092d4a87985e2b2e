import { type OctetReader, shortText } from '@tandem/platform';
import type { Hop } from './token.ts';

const flags = { tcp: 1, nat: 2, edge: 4, sameEdge: 8, localHost: 16 };

/** A hop in few octets; `before` is one that stands before it, whose edge need not be said again. */
export function encodeHop(hop: Hop, before?: Hop): Buffer {
  const sameEdge = hop.edge !== '' && hop.edge === before?.edge;
  const head = Buffer.alloc(5);
  if (hop.transport === 'tcp') head[0]! |= flags.tcp;
  if (hop.nat) head[0]! |= flags.nat;
  if (sameEdge) head[0]! |= flags.sameEdge;
  else if (hop.edge !== '') head[0]! |= flags.edge;
  if (hop.localHost !== undefined) head[0]! |= flags.localHost;
  head.writeUInt16BE(hop.port, 1);
  head.writeUInt16BE(hop.localPort, 3);
  const parts = [head, shortText(hop.host)];
  if (hop.transport === 'tcp') parts.push(connectionOctets(hop.connection));
  if (hop.edge !== '' && !sameEdge) parts.push(shortText(hop.edge));
  if (hop.localHost !== undefined) parts.push(shortText(hop.localHost));
  return Buffer.concat(parts);
}

export function decodeHop(reader: OctetReader, before?: Hop): Hop {
  const head = reader.take(5);
  const has = (flag: number): boolean => (head[0]! & flag) !== 0;
  const isTcp = has(flags.tcp);
  const host = reader.shortText();
  const connection = isTcp ? reader.take(6).readUIntBE(0, 6) : 0;
  const edge = has(flags.edge) ? reader.shortText() : has(flags.sameEdge) ? (before?.edge ?? '') : '';
  return {
    transport: isTcp ? 'tcp' : 'udp',
    host,
    port: head.readUInt16BE(1),
    localPort: head.readUInt16BE(3),
    ...(has(flags.localHost) && { localHost: reader.shortText() }),
    edge,
    connection,
    nat: has(flags.nat),
  };
}

function connectionOctets(connection: number): Buffer {
  const octets = Buffer.alloc(6);
  octets.writeUIntBE(connection, 0, 6);
  return octets;
}
