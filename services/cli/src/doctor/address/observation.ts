import { isIP } from 'node:net';
import type { HostPort, Sighting } from '@tandem/platform';
import { type AddressBlock, maskAddress, parseAddressBlock, parseIpAddress } from '@tandem/sip';

/** What a node has seen of a probe. */
export interface Seen extends Sighting {
  /** Such as `edge-1`. */
  readonly node: string;
}

/** One address that was asked over UDP, as it looks from both ends. */
export interface Observation {
  readonly target: HostPort;
  /** Who should be there, such as `media-1`; undefined where anybody may be. */
  readonly node?: string;
  /** Where the question left from, as this machine sees it. */
  readonly own: HostPort;
  /** Where the first answer came from; undefined when there was none. */
  readonly answeredBy: HostPort | undefined;
  /** Undefined when the cluster cannot be asked. */
  readonly seen: readonly Seen[] | undefined;
  /** Whether the address is that of a pod, which the cluster alone reaches. */
  readonly isPod: boolean;
  /** Whether it was asked from within the cluster, where sources are rewritten as the network likes. */
  readonly isWithin?: boolean;
}

/** Blocks that no source on the Internet has: who is seen from there has been rewritten inside, or is inside. */
const inside: readonly AddressBlock[] = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fe80::/10'],
].map((text) => parseAddressBlock(text)!);

/** Whether only who is inside could be seen so. */
export function isInside(host: string): boolean {
  const address = isIP(host) === 0 ? undefined : parseIpAddress(host);
  return inside.some(({ bits, network }) => {
    if (typeof address === 'number' && typeof network === 'number')
      return maskAddress(address, bits) === network;
    if (typeof address === 'bigint' && typeof network === 'bigint')
      return maskAddress(address, bits) === network;
    return false;
  });
}
