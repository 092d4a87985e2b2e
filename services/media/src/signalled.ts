import type { media } from '@tandem/contract';
import { formatAddress, parseAddress } from '@tandem/datagram';
import { isWildcard } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Expectation } from './expectation.ts';
import { mediaCommandInvalid } from './faults.ts';

/** What a side has said of one stream. */
export interface Signalled {
  readonly address: number;
  readonly port: number;
  /** 0: none, or the RTP port. */
  readonly rtcpPort: number;
  /** The IP address that the description came from; undefined when unknown. */
  readonly source: number | undefined;
  /** Our own address when it is loopback: a system gives it to what it sends there, whatever address a side has said. */
  readonly loopback: number | undefined;
  /** Whether the side sends nothing. */
  readonly silent: boolean;
  /** Whether its packets are anything but RTP. */
  readonly opaque: boolean;
}

/** Reads a stream of a description; undefined when it is off. Throws `media-command-invalid`. */
export function readStream(
  stream: media.Stream,
  { source, loopback }: Pick<Signalled, 'source' | 'loopback'>,
): Signalled | undefined {
  const { host, port, rtcpPort, silent, opaque = false } = stream;
  if (host === '') return undefined;
  if (port < 1 || port > 65_535) throw new Fault(mediaCommandInvalid, `port: ${port}`);
  if (rtcpPort > 65_535) throw new Fault(mediaCommandInvalid, `rtcp_port: ${rtcpPort}`);
  return { address: readAddress('host', host), port, rtcpPort, source, loopback, silent, opaque };
}

/** Reads an IP literal of a command. Throws `media-command-invalid`, which names the field. */
export function readAddress(field: string, text: string): number {
  const address = parseAddress(text);
  if (address === undefined)
    throw new Fault(mediaCommandInvalid, `${field}: ${JSON.stringify(text)} is no IP address`);
  return address;
}

/** Whether a stream is on hold by an address that is none (RFC 3264 §8.4). */
export function isHeld({ address }: Signalled): boolean {
  return isWildcard(formatAddress(address));
}

/** Whether a side is where its signalling comes from: then what it says is proof. */
export function isProven({ source, address }: Signalled): boolean {
  return source === address;
}

/** Whether a side is behind a NAT, or elsewhere than its signalling. */
export function isTranslated({ source, address }: Signalled): boolean {
  return source !== undefined && source !== address;
}

/** The addresses that packets of a side may have at the port that it has said. */
export function hostsOf({ address, loopback }: Signalled): readonly number[] {
  return loopback === undefined ? [address] : [address, loopback];
}

/** Whether the RTP of both comes from the same place. */
export function isSamePlace(one: Signalled, other: Signalled): boolean {
  return one.address === other.address && one.port === other.port && one.source === other.source;
}

/** Where the packets of a side come from: any port of `sources` as long as it has not said. */
export function expectationsOf(
  signalled: Signalled | undefined,
  sources: readonly number[],
): readonly Expectation[] {
  if (!signalled || isHeld(signalled)) return sources.map((address) => ({ address, port: 0 }));
  const { port, source } = signalled;
  const exact = hostsOf(signalled).map((address) => ({ address, port }));
  return isTranslated(signalled) ? [...exact, { address: source!, port: 0 }] : exact;
}
