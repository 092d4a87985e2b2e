/** An IP address: a number of 32 bits for IPv4, a bigint of 128 for IPv6. An IPv4-mapped address is IPv4. */
export type IpAddress = number | bigint;

/** Addresses that begin with the same bits: `192.0.2.0/24`, `2001:db8::/32`, or one address alone. */
export interface AddressBlock {
  /** The bits behind the prefix are zero. */
  readonly network: IpAddress;
  /** The length of the prefix: 0 to 32, or 0 to 128. */
  readonly bits: number;
}

const mapped = 0xffffn << 32n;

/** Undefined for what is no IP literal; IPv6 is without brackets, and without a zone. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const value = parseIpv6(text);
  return value !== undefined && value >> 32n === mapped >> 32n ? Number(value & 0xffff_ffffn) : value;
}

/** `ADDRESS` or `ADDRESS/BITS`; bits behind the prefix are cut off. */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const slash = text.indexOf('/');
  const address = parseIpAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const longest = widthOf(address);
  const bits = slash === -1 ? longest : prefixLength(text.slice(slash + 1), longest);
  return bits === undefined ? undefined : { network: maskAddress(address, bits), bits };
}

/** The block as `parseAddressBlock` reads it; one address alone has no length. */
export function formatAddressBlock({ network, bits }: AddressBlock): string {
  const address = typeof network === 'number' ? formatIpv4(network) : formatIpv6(network);
  return bits === widthOf(network) ? address : `${address}/${bits}`;
}

/** The address with only its first bits. */
export function maskAddress(address: number, bits: number): number;
export function maskAddress(address: bigint, bits: number): bigint;
export function maskAddress(address: IpAddress, bits: number): IpAddress;
export function maskAddress(address: IpAddress, bits: number): IpAddress {
  if (typeof address === 'bigint') return (address >> BigInt(128 - bits)) << BigInt(128 - bits);
  return bits === 0 ? 0 : (address & (-1 << (32 - bits))) >>> 0;
}

function widthOf(address: IpAddress): number {
  return typeof address === 'number' ? 32 : 128;
}

function prefixLength(text: string, longest: number): number | undefined {
  const bits = /^[0-9]{1,3}$/.test(text) ? Number(text) : Number.NaN;
  return bits <= longest ? bits : undefined;
}

const dot = 46;
const zero = 48;

/** The uint32 of an IPv4 literal; undefined for what is none. */
export function parseIpv4(text: string): number | undefined {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === dot) {
      if (octet < 0 || dots === 3) return undefined;
      address = address * 256 + octet;
      octet = -1;
      dots++;
      continue;
    }
    const digit = code - zero;
    // A leading zero is refused: some readers take it for octal.
    if (digit < 0 || digit > 9 || octet === 0) return undefined;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return undefined;
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : undefined;
}

/** RFC 4291 §2.2: `::` stands once for two groups of zeros at least, or for one. */
function parseIpv6(text: string): bigint | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = readGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? readGroups(halves[1]!, true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail].reduce(
    (value, group) => (value << 16n) | BigInt(group),
    0n,
  );
}

/** Groups of 16 bits; the last two may be written as IPv4 where the address ends. */
function readGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = atEnd && text.includes('.') ? parseIpv4(parts.pop()!) : undefined;
  if (atEnd && text.includes('.') && last === undefined) return undefined;
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = parts.map((part) => Number.parseInt(part, 16));
  return last === undefined ? groups : [...groups, last >>> 16, last & 0xffff];
}

function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** RFC 5952 §4.2: the longest run of zeros is `::`, the first of those that are equally long. */
function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((address >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  const { at, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, at).join(':')}::${hex.slice(at + length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { readonly at: number; readonly length: number } {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (groups[end] === 0) end++;
    if (end - at > best.length) best = { at, length: end - at };
  }
  return best;
}
