/**
 * What a doctor sends to a port of a media worker and gets back as it was: the header of an RTP packet, the token of the
 * probe, and the port that it is sent to.
 */
export const probeOctets = 32;

// RFC 3550 §5.1: version 2, and a payload type that is not assigned.
const header = 0x807e;
const tokenAt = 12;
const portAt = 28;

/** The token is 32 hexadecimal digits. */
export function probePacket(token: string, port: number): Buffer {
  const packet = Buffer.alloc(probeOctets);
  packet.writeUInt16BE(header);
  packet.write(token, tokenAt, 'hex');
  packet.writeUInt32BE(port, portAt);
  return packet;
}

/** The token of `probeOctets` octets that begin at `from`, whoever has sent them. */
export function probeToken(octets: Buffer, from: number): string {
  return octets.toString('hex', from + tokenAt, from + portAt);
}

/** The port that a packet was sent to; undefined when it is none of a probe. */
export function probedPort(packet: Buffer): number | undefined {
  return packet.length === probeOctets ? packet.readUInt32BE(portAt) : undefined;
}
