import { readFileSync } from 'node:fs';
import { parseIpAddress } from '@tandem/sip';

/** A bound socket. */
interface Bound {
  readonly host: string;
  readonly port: number;
}

/**
 * Octets that wait to be read at the fullest of some UDP sockets, as the kernel counts them: a datagram takes some
 * hundred more than it has. Undefined where there is no /proc.
 */
export function readUdpQueues(sockets: readonly Bound[]): number | undefined {
  const places = new Set(sockets.map(placeOf));
  const tables = [
    sockets.some(({ host }) => !host.includes(':')) ? read('/proc/self/net/udp') : '',
    sockets.some(({ host }) => host.includes(':')) ? read('/proc/self/net/udp6') : '',
  ];
  return tables.some((table) => table === undefined)
    ? undefined
    : Math.max(0, ...tables.map((table) => longestQueue(table!, places)));
}

/** The longest receive queue in a table of the kernel among sockets that are bound to some of these places. */
export function longestQueue(table: string, places: ReadonlySet<string>): number {
  let longest = 0;
  for (const line of table.split('\n')) {
    const [, place, , , queues] = line.trim().split(/\s+/);
    if (place === undefined || queues === undefined || !places.has(place)) continue;
    const octets = Number.parseInt(queues.slice(queues.indexOf(':') + 1), 16);
    if (octets > longest) longest = octets;
  }
  return longest;
}

/** As the kernel writes it: words of 32 bits, each as this machine keeps it, and the port, in hex. */
export function placeOf({ host, port }: Bound): string {
  const address = parseIpAddress(host) ?? 0;
  const words =
    typeof address === 'number'
      ? [address]
      : [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffff_ffffn));
  return `${words.map(word).join('')}:${hex(port, 4)}`;
}

function word(value: number): string {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return hex(new Uint32Array(octets.buffer, octets.byteOffset, 1)[0]!, 8);
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** The files of /proc are made when they are read: no disk is waited for. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
