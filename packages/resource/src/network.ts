import { maskAddress, parseIpAddress } from '@tandem/sip';
import { z } from 'zod';

/** Bits of an address; IPv4 is told as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2), so that there is one kind of address. */
const width = 128;
const mapped = 0xffff_0000_0000n;

/** Addresses that begin alike. */
export interface Network {
  readonly bits: bigint;
  /** How many bits count, of 128. */
  readonly length: number;
  /** As it was written. */
  readonly text: string;
}

/** The number of an IP literal; undefined when it is none. */
function addressBits(text: string): bigint | undefined {
  const address = parseIpAddress(text);
  return typeof address === 'number' ? mapped | BigInt(address) : address;
}

/** Reads `203.0.113.0/24`, or a single address. */
function readNetwork(text: string): Network | string {
  const [address = '', prefix, rest] = text.split('/');
  const bits = addressBits(address);
  const full = address.includes(':') ? width : 32;
  if (bits === undefined || rest !== undefined)
    return 'must be an IP address or a network such as 203.0.113.0/24';
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= full)) {
    return `must have a prefix of 0 to ${full}`;
  }
  const length = width - full + Number(prefix ?? full);
  if (maskAddress(bits, length) === bits) return { bits, length, text };
  return `must not have bits beyond its prefix of ${prefix}`;
}

export const networkSchema: z.ZodType<Network, string> = z.string().transform((text, context) => {
  const network = readNetwork(text);
  if (typeof network !== 'string') return network;
  context.addIssue({ code: 'custom', message: network });
  return z.NEVER;
});

/** Whether an address is in one of some networks. */
export function isWithin(networks: readonly Network[], address: string): boolean {
  const bits = addressBits(address);
  return bits !== undefined && networks.some((network) => maskAddress(bits, network.length) === network.bits);
}

/** Finds values by the networks that an address is in, the smallest network first. */
export class NetworkIndex<T> {
  readonly #byLength = new Map<number, Map<bigint, T[]>>();
  #lengths: number[] = [];

  get isEmpty(): boolean {
    return this.#lengths.length === 0;
  }

  add({ bits, length }: Network, value: T): void {
    const known = this.#byLength.get(length) ?? new Map<bigint, T[]>();
    this.#byLength.set(length, known);
    this.#lengths = [...this.#byLength.keys()].sort((a, b) => b - a);
    const values = known.get(bits);
    if (values) values.push(value);
    else known.set(bits, [value]);
  }

  /** The values of each network that has the address, smallest network first. */
  *find(address: string): Iterable<readonly T[]> {
    const bits = this.isEmpty ? undefined : addressBits(address);
    if (bits === undefined) return;
    for (const length of this.#lengths) {
      const values = this.#byLength.get(length)!.get(maskAddress(bits, length));
      if (values) yield values;
    }
  }
}
