import { isIPv6, SocketAddress } from 'node:net';
import { parseIpv4 } from '@tandem/sip';
import { InternTable } from './intern-table.ts';

const ipv6Base = 2 ** 32;
const nobody = 'forgotten';

const ipv6 = new InternTable(65_536);

// A worker writes to the same few peers all the time: their texts are kept by number, one per line of the cache.
const cacheLines = 4096;
const cachedNumbers = new Float64Array(cacheLines).fill(-1);
const cachedTexts: string[] = new Array<string>(cacheLines).fill('');
const mappedNumbers = new Float64Array(cacheLines).fill(-1);
const mappedTexts: string[] = new Array<string>(cacheLines).fill('');

/**
 * The number of an IP literal; undefined when it is none. IPv4 is its uint32, an IPv4-mapped IPv6 address as well.
 * IPv6 is 2^32 plus an index that is good as long as the address is in use: keep the text to keep it for longer.
 */
export function parseAddress(text: string): number | undefined {
  return parseIpv4(text) ?? parseIPv6(text);
}

/** The IP literal of a number from `parseAddress`; `forgotten`, which is no address, when its index was given up. */
export function formatAddress(address: number): string {
  if (!(address >= 0 && address < ipv6Base)) return ipv6.text(address - ipv6Base) ?? nobody;
  const line = (address ^ (address >>> 12)) & (cacheLines - 1);
  if (cachedNumbers[line] === address) return cachedTexts[line]!;
  const text = `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
  cachedNumbers[line] = address;
  cachedTexts[line] = text;
  return text;
}

/** The same as a socket of both families wants it: an IPv4 address as an IPv6 one (RFC 4291 §2.5.5.2). */
export function formatMapped(address: number): string {
  if (!(address >= 0 && address < ipv6Base)) return formatAddress(address);
  const line = (address ^ (address >>> 12)) & (cacheLines - 1);
  if (mappedNumbers[line] === address) return mappedTexts[line]!;
  const text = `::ffff:${formatAddress(address)}`;
  mappedNumbers[line] = address;
  mappedTexts[line] = text;
  return text;
}

function parseIPv6(text: string): number | undefined {
  const known = ipv6.find(text);
  if (known !== undefined) return ipv6Base + known;
  if (!isIPv6(text)) return undefined;
  const [literal, zone] = text.split('%', 2);
  const { address } = new SocketAddress({ address: literal!, family: 'ipv6' });
  if (address.startsWith('::ffff:')) {
    const mapped = parseIpv4(address.slice(7));
    if (mapped !== undefined) return mapped;
  }
  return ipv6Base + ipv6.number(zone === undefined ? address : `${address}%${zone}`);
}
