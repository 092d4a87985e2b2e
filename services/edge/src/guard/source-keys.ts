import { scatter } from '@tandem/platform';
import { type IpAddress, maskAddress } from '@tandem/sip';

/** IPv4 addresses are numbers below this; what stands for IPv6 is above. */
const ipv6Base = 2 ** 32;

/**
 * A number for who sends: the address in IPv4, the /64 in IPv6, which is what one customer has at least. Those of IPv6
 * are scattered over 2^52: two share one by chance only.
 */
export function addressKey(address: IpAddress): number {
  return typeof address === 'number' ? address : scattered(maskAddress(address, 64));
}

/** A number for where that is: the /24 in IPv4, the /48 in IPv6. */
export function prefixKey(address: IpAddress): number {
  return typeof address === 'number' ? maskAddress(address, 24) : scattered(maskAddress(address, 48));
}

function scattered(network: bigint): number {
  const high = Number(network >> 96n);
  const low = Number((network >> 64n) & 0xffff_ffffn);
  const first = scatter(high ^ Math.imul(low, 0x9e3779b1));
  const second = scatter(low ^ Math.imul(first, 0x85ebca77));
  return ipv6Base + first * 2 ** 19 + (second >>> 13);
}
